import { expect, test } from "vitest";
import type { ChatPartsFragment, StartQuery } from "../src/generated/operations";
import {
	withChat,
	withEntry,
	withMessage,
	withoutMessage,
	withStart,
	withThread,
} from "../src/model/merge";
import { EMPTY, type Entry, type Message, type State } from "../src/model/state";

const ME = {
	id: "me",
	name: "Me",
	photoUrl: null,
	role: "LEARNER",
	status: "ACTIVE",
	department: null,
} as const;
const PEER = { ...ME, id: "peer", name: "Peer" };

function message(seq: number, more: Partial<Message> = {}): Message {
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

function chat(last: Message | null, more: Partial<ChatPartsFragment> = {}): ChatPartsFragment {
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

const page = (...messages: Message[]) => ({
	edges: messages.map((node) => ({ node })),
	pageInfo: { hasPreviousPage: false, startCursor: messages[0]?.id ?? null },
});

function start(feedCursor: string, messages: Message[]): StartQuery {
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

const sent = (cursor: string, it: Message): Entry => ({
	__typename: "MessageSent",
	cursor,
	unreadCount: 1,
	message: it,
	conversation: chat(it, { unreadCount: 1 }),
});

const deleted = (cursor: string, id: string, last: Message | null): Entry => ({
	__typename: "MessageDeleted",
	cursor,
	unreadCount: 0,
	messageId: id,
	conversation: chat(last),
});

const chatDeleted = (cursor: string): Entry => ({
	__typename: "ChatDeleted",
	cursor,
	unreadCount: 0,
	conversationId: "c1",
});

const shown = (state: State): string[] =>
	(state.threads.get("c1")?.messages ?? []).map(({ id }) => id);

const begun = withStart(EMPTY, start("01", [message(1), message(2)]));

test("Entries that the lists already contained change nothing.", () => {
	const state = withEntry(begun, sent("02", message(2)));
	expect(shown(state)).toEqual(["m1", "m2"]);
});

test("Messages stand by seq, in whatever order they arrive.", () => {
	const answered = withMessage(begun, message(4, { isMine: true }));
	expect(shown(withEntry(answered, sent("02", message(3))))).toEqual(["m1", "m2", "m3", "m4"]);
});

test("An answer read before a deletion does not bring the message back (D1).", () => {
	const state = withEntry(begun, deleted("02", "m2", message(1)));
	const late = {
		viewer: { feedCursor: "01" },
		conversation: { ...chat(message(2)), messages: page(message(1), message(2)) },
	};
	const merged = withThread(state, late, null);
	expect(shown(merged)).toEqual(["m1"]);
	expect(merged.chats.get("c1")?.lastMessage?.id).toBe("m1");
});

test("What an older answer says of a chat does not undo what the feed told.", () => {
	const state = withEntry(begun, {
		__typename: "ChatStateChanged",
		cursor: "05",
		unreadCount: 0,
		conversation: chat(message(2), { mayReply: false, closedReason: "INSTRUCTOR_UNASSIGNED" }),
	});
	expect(withChat(state, chat(message(2)), "04").chats.get("c1")?.mayReply).toBe(false);
	expect(withChat(state, chat(message(2)), "05").chats.get("c1")?.mayReply).toBe(true);
});

test("Of two answers the one read later counts, in whatever order they arrive (W3).", () => {
	const off = chat(message(2), { mayReply: false, closedReason: "MESSAGING_OFF" });
	const closed = withChat(begun, off, "06");
	const late = withChat(closed, chat(message(2)), "05");
	expect(late.chats.get("c1")?.mayReply).toBe(false);
	expect(withChat(late, chat(message(2)), "07").chats.get("c1")?.mayReply).toBe(true);
});

test("A chat deleted is off the list and empty; a later message brings only what is new (D4).", () => {
	const cleared = withEntry(begun, chatDeleted("02"));
	expect(cleared.chats.get("c1")?.isListed).toBe(false);
	expect(shown(cleared)).toEqual([]);
	const back = withEntry(cleared, sent("03", message(3)));
	expect(back.chats.get("c1")?.isListed).toBe(true);
	expect(shown(back)).toEqual(["m3"]);
});

test("A thread read before its chat was deleted is not shown.", () => {
	const cleared = withEntry(begun, chatDeleted("02"));
	const late = {
		viewer: { feedCursor: "01" },
		conversation: { ...chat(message(2)), messages: page(message(1), message(2)) },
	};
	const merged = withThread(cleared, late, null);
	expect(shown(merged)).toEqual([]);
	expect(merged.chats.get("c1")?.isListed).toBe(false);
});

test("The peer's reading marks what is read, and never goes back.", () => {
	const mine = withStart(EMPTY, start("01", [message(1, { isMine: true, isReadByPeer: false })]));
	const read: Entry = {
		__typename: "ChatRead",
		cursor: "03",
		unreadCount: 0,
		userId: "peer",
		upToSeq: 1,
		conversation: chat(message(1, { isMine: true, isReadByPeer: true })),
	};
	const state = withEntry(mine, read);
	expect(state.chats.get("c1")?.peerReadSeq).toBe(1);
	expect(withEntry(state, { ...read, cursor: "04", upToSeq: 0 }).chats.get("c1")?.peerReadSeq).toBe(
		1,
	);
});

test("The unread count and the place are those of the last entry.", () => {
	const state = withEntry(begun, sent("07", message(3)));
	expect([state.unreadCount, state.cursor]).toEqual([1, "07"]);
});

test("Read anew, everything is as it was read; what is on its way stays.", () => {
	const outgoing = {
		key: "k",
		target: { kind: "chat", peerId: "peer", conversationId: "c1" },
		body: "on its way",
		writtenAt: "2026-11-23T09:00:00Z",
		afterSeq: 2,
		status: "sending",
		refusal: null,
	} as const;
	const old = withoutMessage({ ...begun, outbox: [outgoing] }, "m1");
	const state = withStart(old, start("91", [message(8), message(9)]));
	expect(shown(state)).toEqual(["m8", "m9"]);
	expect(state.outbox).toEqual([outgoing]);
	expect(state.cursor).toBe("91");
});

test("an entry of a kind that this page does not know moves the feed on, and nothing else", () => {
	const before = withStart(EMPTY, start("05", [message(1)]));
	const unknown = { __typename: "ReactionAdded", cursor: "06", unreadCount: 3 };
	const after = withEntry(before, unknown as unknown as Entry);
	expect(after).toEqual({ ...before, cursor: "06", unreadCount: 3 });
});
