/**
 * Everything the page says, for translation: translate the values, keep the names. Names and titles
 * stand in them isolated: they may run the other way.
 *
 * `locale` also chooses the form of dates and plurals, `direction` the side that lines begin on.
 */
import type { RefusalReason, Role, UserErrorCode, UserStatus } from "./generated/operations";
import { isolated } from "./isolated";

const locale = "en";

const plural = new Intl.PluralRules(locale);

function counted(count: number, one: string, other: string): string {
	return `${count} ${plural.select(count) === "one" ? one : other}`;
}

const roles: Record<Role, string> = {
	OWNER: "Account owner",
	ACCOUNT_ADMIN: "Account administrator",
	DEPARTMENT_ADMIN: "Department administrator",
	INSTRUCTOR: "Instructor",
	LEARNER: "Learner",
};

const statuses: Record<UserStatus, string> = {
	ACTIVE: "Active",
	DEACTIVATED: "Deactivated",
	REMOVED: "Removed",
};

/** Why a chat is closed. */
const closed: Record<RefusalReason, (name: string) => string> = {
	SELF: () => "This is you.",
	MESSAGING_OFF: () => "Messaging is turned off. You can read your messages, but not write.",
	PEER_REMOVED: (name) =>
		`${isolated(name)} has left. You can read this chat, but not write in it.`,
	PEER_DEACTIVATED: (name) =>
		`${isolated(name)} is not active at the moment. You can read this chat, but not write in it.`,
	INSTRUCTOR_UNASSIGNED: () =>
		"The instructor no longer teaches this course. You can read this chat, but not write in it.",
	NOT_ENROLLED: () => "Only learners of the course can write to its instructors.",
	NO_LONGER_PERMITTED: (name) =>
		`You and ${isolated(name)} can no longer write to each other. You can read this chat.`,
	NOT_PERMITTED: (name) => `You cannot write to ${isolated(name)}.`,
};

/** Why an instructor cannot be contacted. */
const contactRefused: Record<RefusalReason, string> = {
	SELF: "This is you.",
	MESSAGING_OFF: "Messaging is turned off.",
	PEER_REMOVED: "Has left.",
	PEER_DEACTIVATED: "Not active at the moment.",
	INSTRUCTOR_UNASSIGNED: "No longer teaches this course.",
	NOT_ENROLLED: "Learners of this course can write to its instructors.",
	NO_LONGER_PERMITTED: "You can no longer write to each other.",
	NOT_PERMITTED: "You cannot write to this person.",
};

/** Why the server did not do what was asked. */
const errors: Record<UserErrorCode, string> = {
	EMPTY_BODY: "The message is empty.",
	BODY_TOO_LONG: "The message is too long.",
	INVALID_TEXT: "The message has characters that cannot be sent.",
	CHAT_CLOSED: "This chat is closed.",
	MAY_NOT_START: "You cannot write to this person.",
	MAY_NOT_DELETE: "You cannot delete this for everyone.",
	MAY_NOT_MANAGE: "You cannot change this.",
	MESSAGE_DELETED: "This message was deleted.",
	IDEMPOTENCY_KEY_REUSED: "This message was sent before, with other words.",
};

export const texts = {
	locale,
	direction: "ltr" as "ltr" | "rtl",

	messages: "Messages",
	courses: "Courses",
	administration: "Administration",
	explorer: "API explorer",
	mainNavigation: "Main",
	skipToContent: "Skip to content",
	you: "You",
	roles,
	statuses,
	errors,
	unread: (count: number) => counted(count, "unread message", "unread messages"),
	title: (page: string, count: number) => (count > 0 ? `(${count}) ${page}` : page),
	titleOf: (part: string, page: string) => `${isolated(part)} · ${page}`,

	loading: "Loading…",
	reconnecting: "Reconnecting…",
	wentWrong: "That did not work. Please try again.",
	notLoaded: "This could not be loaded.",
	tryAgain: "Try again",
	back: "Back",
	cancel: "Cancel",
	dismiss: "Dismiss",
	nothingHere: "There is nothing here",
	nothingHereHint: "It may have been removed, or you may not see it.",
	toMessages: "Go to Messages",

	chats: "Chats",
	newChat: "New chat",
	filterByName: "Filter by name",
	unreadOnly: "Unread",
	noChats: "No messages yet",
	noChatsLearner: "When you contact an instructor of a course, your chat appears here.",
	noChatsInstructor: "When a learner writes to you, the chat appears here.",
	noChatsAdministrator: "Start a chat with “New chat”.",
	noChatsFound: "No chats found",
	noChatsUnread: "Everything is read",
	/** Before what the viewer wrote. */
	youSaid: "You: ",
	noMessageLeft: "No messages",
	deleteChatWith: (name: string) => `Delete chat with ${isolated(name)}`,
	deleteChat: "Delete chat",
	deleteChatTitle: "Delete chat?",
	deleteChatBody: (name: string) =>
		`The chat with ${isolated(name)} and its messages disappear from your list. ${isolated(name)} keeps them. If ${isolated(name)} writes again, only what is new appears.`,
	chatDeleted: "The chat was deleted.",
	pickChat: "Pick a chat",
	pickChatHint: "Its messages appear here.",

	thread: (name: string) => `Messages with ${isolated(name)}`,
	olderLoading: "Loading older messages…",
	startOfChat: (name: string) => `This is the beginning of your chat with ${isolated(name)}.`,
	firstMessage: (name: string) => `Write the first message to ${isolated(name)}`,
	emptyChat: "No messages here",
	emptyChatHint: "New messages appear here.",
	newMessages: "New messages",
	toNewest: "To the newest messages",
	askedIn: (course: string) => `Course: ${isolated(course)}`,
	sending: "Sending…",
	sent: "Sent",
	read: "Read",
	notSent: "Not sent.",
	discard: "Discard",
	messageOptions: "Message options",
	deleteForMe: "Delete for me",
	deleteForEveryone: "Delete for everyone",
	incoming: (name: string, body: string) => `New message from ${isolated(name)}: ${isolated(body)}`,
	messageDeleted: "Message deleted.",

	message: "Message",
	messageTo: (name: string) => `Write to ${isolated(name)}…`,
	send: "Send",
	composerHint: "Enter sends, Shift and Enter begin a new line.",
	charactersLeft: (count: number) =>
		count >= 0 ? `${count} left` : `${counted(-count, "character", "characters")} too many`,
	about: (course: string) => `About: ${isolated(course)}`,
	withoutCourse: "Do not mention the course",
	closedReason: (reason: RefusalReason | null, name: string) =>
		reason ? closed[reason](name) : "This chat is closed.",

	recipients: "People you can write to",
	searchPeople: "Search people",
	noRecipients: "Nobody found",
	recipientsOff: "Messaging is turned off, so no chat can be started.",

	course: "Course",
	instructors: "Instructors",
	noInstructors: "Nobody teaches this course at the moment.",
	noCourses: "No courses",
	noCoursesHint: "Courses that you study or teach appear here.",
	contactInstructor: "Contact instructor",
	contactInstructorNamed: (name: string) => `Contact instructor ${isolated(name)}`,
	contactRefused: (reason: RefusalReason | null) => (reason ? contactRefused[reason] : ""),
	instructorNames: (names: string[]) =>
		new Intl.ListFormat(locale, { type: "conjunction" }).format(names.map(isolated)),

	messaging: "Messaging",
	messagingIsOn: "People can write to each other.",
	messagingIsOff: "Nobody can write. Everything stays readable.",
	people: "People",
	status: "Status",
	allStatuses: "Everybody",
	activate: "Activate",
	deactivate: "Deactivate",
	remove: "Remove",
	activateNamed: (name: string) => `Activate ${isolated(name)}`,
	deactivateNamed: (name: string) => `Deactivate ${isolated(name)}`,
	removeNamed: (name: string) => `Remove ${isolated(name)}`,
	removeTitle: (name: string) => `Remove ${isolated(name)}?`,
	removeBody: (name: string) =>
		`${isolated(name)} can no longer sign in, and their chats close. You can activate them again later.`,
	assignInstructor: "Assign instructor",
	assign: "Assign",
	assignNamed: (name: string) => `Assign ${isolated(name)}`,
	unassign: "Unassign",
	unassignNamed: (name: string) => `Unassign ${isolated(name)}`,
	notForYou: "Only the account owner and account administrators can open this page.",

	signInTitle: "Who are you today?",
	signInHint:
		"This is a demo with a sample organisation. Pick a person to see Messages as they do.",
	switchPerson: "Switch person",
	signedInAs: (name: string) => `Signed in as ${isolated(name)}`,
	continueTitle: (name: string) => `Continue as ${isolated(name)}?`,
	continueBody: (name: string, present: string | null) =>
		`${present === null ? "Somebody else is" : `${isolated(present)} is`} signed in here, and a link wants the page to go on as ${isolated(name)}. What is written and not sent would be lost. If you did not open that link, stay.`,
	continueAs: (name: string) => `Continue as ${isolated(name)}`,
	stay: "Stay signed in",
	notSignedIn: "You are not signed in",
	notSignedInHint: "Open Messages from your learning platform.",
	notDrawn: "Something went wrong",
	notDrawnHint: "What you wrote is still here.",
	sessionEnded: "Your session has ended",
	sessionEndedHint: "Open Messages from your learning platform again.",
	noLongerHere: "This person cannot sign in at the moment. Pick another one.",
	noServer: "The server cannot be reached. It is tried again and again.",
};
