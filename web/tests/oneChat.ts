/** One chat of two people, in the forms that answers and entries have. */
import type { ChatPartsFragment, StartQuery } from "../src/generated/operations";
import type { Entry, Message, Outgoing, State, Target } from "../src/model/state";

export const ME = {
	id: "me",
	name: "Me",
	photoUrl: null,
	role: "LEARNER",
	status: "ACTIVE",
	department: null,
} as const;
export const PEER = { ...ME, id: "peer", name: "Peer" };

export function message(seq: number, more: Partial<Message> = {}): Message {
	return {
		id: `m${seq}`,
		conversationId: "c1",
		seq,
		body: `message ${seq}`,
		sentAt: `2026-11-23T09:00:${String(seq).padStart(2, "0")}+00:00`,
		isMine: false,
		isReadByPeer: null,
		course: null,
		...more,
	};
}

export const mine = (seq: number, body: string): Message =>
	message(seq, { body, isMine: true, isReadByPeer: false });

export const TARGET: Target = { kind: "chat", peerId: "peer", conversationId: "c1" };

export const outgoing = (key: string, body: string): Outgoing => ({
	key,
	target: TARGET,
	body,
	writtenAt: "2026-11-23T09:00:00Z",
	afterSeq: 5,
	status: "sending",
	refusal: null,
});

export function chat(
	last: Message | null,
	more: Partial<ChatPartsFragment> = {},
): ChatPartsFragment {
	return {
		id: "c1",
		peer: PEER,
		lastMessage: last,
		unreadCount: 0,
		lastActivityAt: last?.sentAt ?? "2026-11-23T08:00:00+00:00",
		mayReply: true,
		closedReason: null,
		...more,
	};
}

export const page = (...messages: Message[]) => ({
	edges: messages.map((node) => ({ node })),
	pageInfo: { hasPreviousPage: false, startCursor: messages[0]?.id ?? null },
});

export function start(feedCursor: string, messages: Message[]): StartQuery {
	const listed = chat(messages.at(-1) ?? null);
	return {
		viewer: { user: ME, roles: ["LEARNER"], messagingMode: "ON", unreadCount: 0, feedCursor },
		conversations: {
			edges: [{ node: listed }],
			pageInfo: { hasNextPage: false, endCursor: null },
		},
		conversation: { ...listed, messages: page(...messages) },
	};
}

export const sent = (cursor: string, it: Message): Entry => ({
	__typename: "MessageSent",
	cursor,
	unreadCount: 1,
	message: it,
	conversation: chat(it, { unreadCount: 1 }),
});

export const deleted = (cursor: string, id: string, last: Message | null): Entry => ({
	__typename: "MessageDeleted",
	cursor,
	unreadCount: 0,
	messageId: id,
	conversation: chat(last),
});

export const chatDeleted = (cursor: string): Entry => ({
	__typename: "ChatDeleted",
	cursor,
	unreadCount: 0,
	conversationId: "c1",
});

export const shown = (state: State): string[] =>
	(state.threads.get("c1")?.messages ?? []).map(({ id }) => id);

/** An answer with these of the chat's messages, the page before `startCursor` still to be asked for. */
export const thread = (
	feedCursor: string,
	messages: Message[],
	startCursor: string | null = null,
) => ({
	viewer: { feedCursor },
	conversation: {
		...chat(message(9)),
		messages: {
			edges: messages.map((node) => ({ node })),
			pageInfo: { hasPreviousPage: startCursor !== null, startCursor },
		},
	},
});
