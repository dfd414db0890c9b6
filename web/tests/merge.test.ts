import { expect, test } from "vitest";
import {
	withAnsweredClearing,
	withChat,
	withEntry,
	withMessage,
	withoutMessage,
	withStart,
	withThread,
} from "../src/model/merge";
import { stillOutgoing } from "../src/model/outbox";
import { EMPTY, type Entry, type State } from "../src/model/state";
import {
	chat,
	chatDeleted,
	deleted,
	message,
	mine,
	outgoing,
	page,
	sent,
	shown,
	start,
	thread,
} from "./oneChat";

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

test("A chat with a message is on the list, and stays there without; a deleted one stays off (D4).", () => {
	const isListed = (state: State): unknown => state.chats.get("c1")?.isListed;
	expect(isListed(withChat(EMPTY, chat(null), "01"))).toBe(false);
	const listed = withChat(EMPTY, chat(message(1)), "01");
	expect(isListed(listed)).toBe(true);
	expect(isListed(withChat(listed, chat(null), "02"))).toBe(true);
	const cleared = withEntry(begun, chatDeleted("02"));
	expect(isListed(withChat(cleared, chat(null), "03"))).toBe(false);
	expect(isListed(withChat(cleared, chat(message(3)), "03"))).toBe(true);
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
	const onItsWay = outgoing("k", "on its way");
	const old = withoutMessage({ ...begun, outbox: [onItsWay] }, "m1");
	const state = withStart(old, start("91", [message(8), message(9)]));
	expect(shown(state)).toEqual(["m8", "m9"]);
	expect(state.outbox).toEqual([onItsWay]);
	expect(state.cursor).toBe("91");
});

test("an entry of a kind that this page does not know moves the feed on, and nothing else", () => {
	const before = withStart(EMPTY, start("05", [message(1)]));
	const unknown = { __typename: "ReactionAdded", cursor: "06", unreadCount: 3 };
	const after = withEntry(before, unknown as unknown as Entry);
	expect(after).toEqual({ ...before, cursor: "06", unreadCount: 3 });
});

test("A deletion is remembered when everything is read anew: no late answer undoes it (D1).", () => {
	const state = withEntry(begun, deleted("02", "m2", message(1)));
	const anew = withStart(state, start("03", [message(1)]));
	expect(shown(withThread(anew, thread("01", [message(1), message(2)]), null))).toEqual(["m1"]);
	expect(shown(withMessage(anew, message(2)))).toEqual(["m1"]);
});

test("What was answered for is remembered when everything is read anew: it hides no other.", () => {
	const [taken, next] = [mine(6, "ok"), outgoing("k", "ok")];
	const answered = { ...begun, answered: new Set([taken.id]), outbox: [next] };
	const state = withStart(answered, start("03", [taken]));
	const messages = state.threads.get("c1")?.messages ?? [];
	expect(stillOutgoing(state.outbox, "peer", messages, state.answered)).toEqual([next]);
});

test("Read stays read: an older page does not take it back.", () => {
	const [unread, read] = [false, true].map((isReadByPeer) => ({ ...mine(1, "ok"), isReadByPeer }));
	const state = withStart(EMPTY, start("02", read ? [read] : []));
	const late = withThread(state, thread("01", unread ? [unread] : []), null);
	expect(late.threads.get("c1")?.messages).toEqual([read]);
});

test("The answer to an old clearing does not clear what the feed has told since (D4).", () => {
	const state = withEntry(begun, sent("03", message(3)));
	expect(withAnsweredClearing(state, "c1", "02")).toBe(state);
	const cleared = withAnsweredClearing(state, "c1", "03");
	expect([shown(cleared), cleared.chats.get("c1")?.isListed]).toEqual([[], false]);
});

test("Older pages follow each other to the beginning, also where one is asked for twice.", () => {
	const edge = (state: State) => {
		const { startCursor, hasOlder } = state.threads.get("c1") ?? {};
		return [startCursor, hasOlder];
	};
	const empty = withStart(EMPTY, { ...start("01", []), conversation: null });
	const newest = withThread(empty, thread("01", [message(5), message(6)], "m5"), null);
	expect(edge(newest)).toEqual(["m5", true]);
	const older = thread("01", [message(3), message(4)], "m3");
	const before = withThread(newest, older, "m5");
	expect(edge(before)).toEqual(["m3", true]);
	const whole = withThread(before, thread("01", [message(1), message(2)]), "m3");
	expect(edge(whole)).toEqual([null, false]);
	const again = withThread(whole, older, "m5");
	const andAgain = withThread(again, thread("02", [message(6), message(7)], "m6"), null);
	expect(edge(andAgain)).toEqual([null, false]);
	expect(shown(andAgain)).toEqual(["m1", "m2", "m3", "m4", "m5", "m6", "m7"]);
});
