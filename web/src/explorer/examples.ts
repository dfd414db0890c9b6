// Operations to begin with, for each kind of person.

export type Role = "OWNER" | "ACCOUNT_ADMIN" | "DEPARTMENT_ADMIN" | "INSTRUCTOR" | "LEARNER";

export interface Example {
	title: string;
	query: string;
	/** What its variables are made of, where it has some. */
	from?: Source;
}

/** A query, and what its answer gives for variables: null where nothing there will do. */
export interface Source {
	query: string;
	variables: (data: unknown) => object | null;
	otherwise: string;
}

export interface Group {
	title: string;
	/** Who may; everybody where it says nothing. */
	roles?: Role[];
	examples: Example[];
}

interface List<Node> {
	edges: { node: Node }[];
}

interface Chat {
	id: string;
	mayReply: boolean;
	lastMessage: { id: string; seq: number; isMine: boolean } | null;
}

interface Taught {
	id: string;
	instructors: { user: { id: string }; mayContact: boolean }[];
}

function from<Data>(
	query: string,
	variables: (data: Data) => object | null | undefined,
	otherwise: string,
): Source {
	return { query, variables: (data) => variables(data as Data) ?? null, otherwise };
}

function ofChat(variables: (chat: Chat) => object | null, otherwise: string): Source {
	return from<{ conversations: List<Chat> }>(
		"{ conversations { edges { node { id mayReply lastMessage { id seq isMine } } } } }",
		(data) => {
			for (const { node } of data.conversations.edges) {
				const found = variables(node);
				if (found) return found;
			}
			return null;
		},
		otherwise,
	);
}

function ofCourse(
	variables: (course: Taught, instructor: Taught["instructors"][number]) => object | null,
	otherwise: string,
): Source {
	return from<{ courses: List<Taught> }>(
		"{ courses { edges { node { id instructors { user { id } mayContact } } } } }",
		(data) => {
			for (const { node } of data.courses.edges) {
				for (const instructor of node.instructors) {
					const found = variables(node, instructor);
					if (found) return found;
				}
			}
			return null;
		},
		otherwise,
	);
}

const ADMINISTRATORS: Role[] = ["OWNER", "ACCOUNT_ADMIN", "DEPARTMENT_ADMIN"];

const NO_CHAT = "There is no chat for this yet.";
const NO_OPEN_CHAT = "There is no chat in which you may write.";
const NO_COURSE = "There is no course for this.";

export const MY_CHATS = `query MyChats {
  viewer {
    user { name }
    roles
    messagingMode
    unreadCount
    feedCursor
  }
  conversations {
    edges {
      node {
        id
        peer { name role }
        unreadCount
        mayReply
        closedReason
        lastMessage { body sentAt }
      }
    }
  }
}
`;

export const GROUPS: Group[] = [
	{
		title: "Everybody",
		examples: [
			{ title: "My chats", query: MY_CHATS },
			{
				title: "Read a chat",
				query: `query ReadAChat($id: ID!) {
  conversation(id: $id) {
    peer { name role }
    messages(last: 20) {
      edges { node { seq sender { name } body sentAt course { title } isMine isReadByPeer } }
      pageInfo { hasPreviousPage startCursor }
    }
  }
}
`,
				from: ofChat((chat) => ({ id: chat.id }), NO_CHAT),
			},
			{
				title: "Follow everything live",
				query: `# Runs until you stop it. Write from another window, and see it come.
subscription FollowEverything {
  feed {
    __typename
    cursor
    unreadCount
    ... on MessageSent { message { id sender { name } body } conversation { id } }
    ... on MessageDeleted { messageId conversation { id } }
    ... on ChatRead { userId upToSeq conversation { id } }
    ... on ChatDeleted { conversationId }
    ... on ChatStateChanged { conversation { id mayReply closedReason } }
    ... on AccessChanged { viewer { roles messagingMode } }
  }
}
`,
			},
			{
				title: "Write in a chat",
				query: `mutation WriteInAChat($input: SendMessageInput!) {
  sendMessage(input: $input) {
    message { id seq body sentAt }
    errors { code reason message }
  }
}
`,
				from: ofChat(
					(chat) =>
						chat.mayReply
							? {
									input: {
										conversationId: chat.id,
										body: "See you tomorrow.",
										idempotencyKey: crypto.randomUUID(),
									},
								}
							: null,
					NO_OPEN_CHAT,
				),
			},
			{
				title: "Mark a chat as read",
				query: `mutation MarkAsRead($input: MarkReadInput!) {
  markRead(input: $input) {
    conversation { id unreadCount }
    errors { code message }
  }
}
`,
				from: ofChat(
					({ id, lastMessage }) =>
						lastMessage && { input: { conversationId: id, upToSeq: lastMessage.seq } },
					NO_CHAT,
				),
			},
			{
				title: "Delete my last message for everyone",
				query: `mutation DeleteMyMessage($input: DeleteMessageInput!) {
  deleteMessage(input: $input) {
    messageId
    errors { code message }
  }
}
`,
				from: ofChat(
					({ lastMessage }) =>
						lastMessage?.isMine
							? { input: { messageId: lastMessage.id, scope: "FOR_EVERYONE" } }
							: null,
					"No chat ends with a message of yours.",
				),
			},
		],
	},
	{
		title: "Learners",
		roles: ["LEARNER"],
		examples: [
			{
				title: "My courses and their instructors",
				query: `query MyCourses {
  courses {
    edges {
      node {
        id
        title
        instructors { user { id name photoUrl } mayContact contactRefusal }
      }
    }
  }
}
`,
			},
			{
				title: "Contact an instructor",
				query: `mutation ContactAnInstructor($input: ContactInstructorInput!) {
  contactInstructor(input: $input) {
    message { id body course { title } }
    conversation { id peer { name } }
    errors { code reason message }
  }
}
`,
				from: ofCourse(
					(course, { user, mayContact }) =>
						mayContact
							? {
									input: {
										courseId: course.id,
										instructorId: user.id,
										body: "May I ask about the last exercise?",
										idempotencyKey: crypto.randomUUID(),
									},
								}
							: null,
					"There is no instructor whom you may contact.",
				),
			},
		],
	},
	{
		title: "Instructors",
		roles: ["INSTRUCTOR"],
		examples: [
			{
				title: "The courses I teach",
				query: `query CoursesITeach {
  courses { edges { node { id title instructors { user { name } } } } }
}
`,
			},
			{
				title: "Questions not yet read",
				query: `query UnreadQuestions {
  conversations(unreadOnly: true) {
    edges {
      node {
        id
        peer { name }
        unreadCount
        lastMessage { body sentAt course { title } }
      }
    }
  }
}
`,
			},
		],
	},
	{
		title: "Administrators",
		roles: ADMINISTRATORS,
		examples: [
			{
				title: "Whom I may write to",
				query: `query WhomIMayWriteTo {
  recipients(search: "", first: 20) {
    edges { node { id name role department conversation { id } } }
    pageInfo { hasNextPage endCursor }
  }
}
`,
			},
			{
				title: "Start a chat",
				query: `mutation StartAChat($input: StartChatInput!) {
  startChat(input: $input) {
    message { id body }
    conversation { id peer { name } }
    errors { code reason message }
  }
}
`,
				from: from<{ recipients: List<{ id: string }> }>(
					"{ recipients(first: 1) { edges { node { id } } } }",
					({ recipients: { edges } }) =>
						edges[0] && {
							input: {
								recipientId: edges[0].node.id,
								body: "Welcome! Write to me if anything is unclear.",
								idempotencyKey: crypto.randomUUID(),
							},
						},
					"There is nobody whom you may write to.",
				),
			},
		],
	},
	{
		title: "Owners and account administrators",
		roles: ["OWNER", "ACCOUNT_ADMIN"],
		examples: [
			{
				title: "Everybody",
				query: `query Everybody {
  users(first: 50) {
    edges { node { id name role status department } }
  }
}
`,
			},
			{
				title: "Turn messaging off (then ON again)",
				query: `mutation SetMessagingMode($input: SetMessagingModeInput!) {
  setMessagingMode(input: $input) {
    viewer { messagingMode }
    errors { code message }
  }
}
`,
				from: from("{ __typename }", () => ({ input: { mode: "OFF" } }), ""),
			},
			{
				title: "Unassign an instructor",
				query: `mutation UnassignInstructor($input: UnassignInstructorInput!) {
  unassignInstructor(input: $input) {
    course { title instructors { user { name } } }
    user { name }
    errors { code message }
  }
}

# The same input takes it back.
mutation AssignInstructor($input: AssignInstructorInput!) {
  assignInstructor(input: $input) {
    course { title instructors { user { name } } }
    errors { code message }
  }
}
`,
				from: ofCourse(
					(course, { user }) => ({ input: { courseId: course.id, userId: user.id } }),
					NO_COURSE,
				),
			},
			{
				title: "Deactivate somebody",
				query: `mutation Deactivate($input: DeactivateUserInput!) {
  deactivateUser(input: $input) {
    user { name status }
    errors { code message }
  }
}

# The same input takes it back.
mutation Activate($input: ActivateUserInput!) {
  activateUser(input: $input) {
    user { name status }
    errors { code message }
  }
}
`,
				from: from<{ users: List<{ id: string; role: Role }> }>(
					"{ users(first: 100, status: ACTIVE) { edges { node { id role } } } }",
					({ users }) => {
						const learner = users.edges.find(({ node }) => node.role === "LEARNER");
						return learner && { input: { userId: learner.node.id } };
					},
					"There is no learner.",
				),
			},
		],
	},
];

/** The groups for somebody of these roles; all of them where nobody is known. */
export function groupsFor(roles: Role[] | null): Group[] {
	return GROUPS.filter(
		(group) => !roles || !group.roles || group.roles.some((role) => roles.includes(role)),
	);
}
