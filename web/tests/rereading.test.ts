import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Api, RequestFailed } from "../src/api";
import type { FeedOptions } from "../src/feed";
import {
	type ChatPartsFragment,
	ChatsDocument,
	StartDocument,
	ThreadDocument,
} from "../src/generated/operations";
import { Messenger } from "../src/model/messenger";
import type { Entry } from "../src/model/state";
import type { Session } from "../src/session/tokens";
import { ME } from "./oneChat";

let feed: FeedOptions<Entry>;

vi.mock("../src/feed", () => ({
	followFeed: (options: FeedOptions<Entry>) => {
		feed = options;
		return { stop: () => undefined, retryNow: () => undefined };
	},
}));

/** A server of one chat, which tests close, and whose answers they keep back or lose. */
class FakeServer {
	cursor = "05";
	mayReply = true;
	asked: unknown[] = [];
	failures = 0;
	/** What an answer waits for after it was read. */
	hold: Promise<void> | null = null;

	async query(document: unknown) {
		this.asked.push(document);
		if (this.failures > 0) {
			this.failures -= 1;
			throw new RequestFailed("no network", null);
		}
		const answer = this.#answerTo(document);
		await this.hold;
		return answer;
	}

	#answerTo(document: unknown) {
		const chat = {
			id: "c1",
			peer: { ...ME, id: "peer" },
			lastMessage: null,
			unreadCount: 0,
			lastActivityAt: "2026-11-23T08:00:00+00:00",
			mayReply: this.mayReply,
			closedReason: this.mayReply ? null : "MESSAGING_OFF",
		} satisfies ChatPartsFragment;
		const messages = { edges: [], pageInfo: { hasPreviousPage: false, startCursor: null } };
		const viewer = {
			user: ME,
			roles: ["LEARNER"],
			messagingMode: "ON",
			unreadCount: 0,
			feedCursor: this.cursor,
		};
		const conversations = {
			edges: [{ node: chat }],
			pageInfo: { hasNextPage: false, endCursor: null },
		};
		if (document === ChatsDocument) return { viewer, conversations };
		return { viewer, conversations, conversation: { ...chat, messages } };
	}

	countOf(document: unknown): number {
		return this.asked.filter((each) => each === document).length;
	}
}

let server: FakeServer;
let messenger: Messenger;

const mayReply = (): boolean | undefined => messenger.store.get().chats.get("c1")?.mayReply;

function tellOfAccess(cursor: string): void {
	const { viewer } = messenger.store.get();
	if (!viewer) throw new Error("nothing was read");
	feed.onEntry({ __typename: "AccessChanged", cursor, unreadCount: 0, viewer });
}

beforeEach(async () => {
	vi.stubGlobal("location", { href: "http://page/" });
	vi.useFakeTimers();
	server = new FakeServer();
	messenger = new Messenger(server as unknown as Api, {} as Session);
	messenger.start("c1");
	await feed.read();
	feed.onState("live");
});

afterEach(() => {
	messenger.stop();
	vi.unstubAllGlobals();
	vi.useRealTimers();
});

test("With messaging off, the chats are read again until that is done (W3).", async () => {
	server.cursor = "06";
	server.mayReply = false;
	server.failures = 4;
	tellOfAccess("06");
	await vi.advanceTimersByTimeAsync(100);
	expect(mayReply()).toBe(true);
	await vi.advanceTimersByTimeAsync(11_000);
	expect(mayReply()).toBe(false);
	const count = server.asked.length;
	await vi.advanceTimersByTimeAsync(60_000);
	expect(server.asked).toHaveLength(count);
});

test("What was due is read at once when the feed is live again.", async () => {
	server.cursor = "06";
	server.mayReply = false;
	server.failures = 2;
	tellOfAccess("06");
	await vi.advanceTimersByTimeAsync(100);
	feed.onState("reconnecting");
	feed.onState("live");
	await vi.advanceTimersByTimeAsync(100);
	expect(mayReply()).toBe(false);
});

test("What changes while it is read is read once more.", async () => {
	let release = (): void => undefined;
	server.hold = new Promise((resolve) => {
		release = resolve;
	});
	server.cursor = "06";
	tellOfAccess("06");
	server.mayReply = false;
	server.cursor = "07";
	tellOfAccess("07");
	release();
	server.hold = null;
	await vi.advanceTimersByTimeAsync(100);
	expect(mayReply()).toBe(false);
});

test("The chat that everything was read with is not read a second time, but later it is.", async () => {
	expect(await messenger.openChat("c1")).toBe("found");
	expect(server.countOf(ThreadDocument)).toBe(0);
	messenger.closeChat("c1");
	await messenger.openChat("c1");
	expect(server.countOf(ThreadDocument)).toBe(1);
});

test("An answer that crosses a new reading of everything counts for nothing.", async () => {
	server.cursor = "90";
	server.mayReply = true;
	let release = (): void => undefined;
	server.hold = new Promise((resolve) => {
		release = resolve;
	});
	const found = messenger.findChats("", false, null);
	const more = messenger.openChat("c1").then(() => messenger.openChat("c1"));
	await vi.advanceTimersByTimeAsync(10);
	// The feed begins anew, with smaller cursors: 90 would count as later for ever.
	server.hold = null;
	server.cursor = "01";
	server.mayReply = false;
	await feed.read();
	release();
	await Promise.all([found, more]);
	expect(mayReply()).toBe(false);
	expect(messenger.store.get().chats.get("c1")?.toldAt).toBe("01");
	expect(server.countOf(StartDocument)).toBe(2);
});
