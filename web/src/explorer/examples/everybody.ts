import { type Group, ofChat } from "./example";

const NO_CHAT = "There is no chat for this yet.";
const NO_OPEN_CHAT = "There is no chat in which you may write.";

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

export const EVERYBODY: Group = {
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
};
