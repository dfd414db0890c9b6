import { expect, test } from "vitest";
import type { Api } from "../src/api";
import { withStart } from "../src/model/merge";
import { Messenger } from "../src/model/messenger";
import type { Session } from "../src/session/tokens";
import { chat, message, shown, start } from "./oneChat";

/** Answers each request when it is told to. */
class SlowApi {
	readonly asked: unknown[] = [];
	#answer: () => void = () => undefined;

	mutate(_document: unknown, variables: { input: { upToSeq: number } }) {
		this.asked.push(variables.input.upToSeq);
		return new Promise((resolve) => {
			this.#answer = () => resolve({ markRead: { conversation: null } });
		});
	}

	answer(): void {
		this.#answer();
	}
}

test("a burst of messages is marked as read in one request after the first", async () => {
	const api = new SlowApi();
	const messenger = new Messenger(api as unknown as Api, null as unknown as Session);
	const marked = Array.from({ length: 300 }, (_, place) => messenger.markRead("c1", place + 1));
	await expect.poll(() => api.asked).toEqual([1]);
	api.answer();
	await expect.poll(() => api.asked).toEqual([1, 300]);
	api.answer();
	await Promise.all(marked);
	expect(api.asked).toEqual([1, 300]);
});

test("what could not be marked as read is in the next attempt", async () => {
	const asked: number[] = [];
	const api = {
		mutate: (_: unknown, { input }: { input: { upToSeq: number } }) => {
			asked.push(input.upToSeq);
			return asked.length === 1
				? Promise.reject(new Error("away"))
				: Promise.resolve({ markRead: { conversation: null } });
		},
	};
	const messenger = new Messenger(api as unknown as Api, null as unknown as Session);
	await expect(messenger.markRead("c1", 7)).rejects.toThrow("away");
	await messenger.markRead("c1", 5);
	expect(asked).toEqual([7, 7]);
});

function opened(api: object): Messenger {
	return new Messenger(api as Api, null as unknown as Session);
}

test.each(["FOR_ME", "FOR_EVERYONE"] as const)(
	"a message deleted %s is gone with the answer, though the feed is lost (D1, D2)",
	async (scope) => {
		const deleteMessage = { errors: [], conversation: chat(message(1)) };
		const messenger = opened({ mutate: async () => ({ deleteMessage }) });
		messenger.store.update((state) => withStart(state, start("01", [message(1), message(2)])));
		expect(await messenger.deleteMessage("m2", scope)).toBeNull();
		expect(shown(messenger.store.get())).toEqual(["m1"]);
	},
);

test("a message that may not be deleted stays", async () => {
	const refusal = { code: "MAY_NOT_DELETE", message: "no", reason: null };
	const deleteMessage = { errors: [refusal], conversation: null };
	const messenger = opened({ mutate: async () => ({ deleteMessage }) });
	messenger.store.update((state) => withStart(state, start("01", [message(1), message(2)])));
	const before = messenger.store.get();
	expect(await messenger.deleteMessage("m2", "FOR_EVERYONE")).toBe(refusal);
	expect(messenger.store.get()).toBe(before);
});

test("the pages of chats follow each other to the last one, each asked for once", async () => {
	const { viewer, conversations } = start("01", [message(1)]);
	const page = (id: string, endCursor: string, hasNextPage: boolean) => ({
		viewer,
		conversations: {
			edges: [{ node: chat(message(1), { id }) }],
			pageInfo: { hasNextPage, endCursor },
		},
	});
	const pages = [page("c2", "second", true), page("c3", "third", false)];
	const after: unknown[] = [];
	const messenger = opened({
		query: async (_: unknown, variables: { after: string | null }) => {
			after.push(variables.after);
			return pages.shift();
		},
	});
	const first = { ...conversations, pageInfo: { hasNextPage: true, endCursor: "first" } };
	messenger.store.update((state) =>
		withStart(state, { viewer, conversations: first, conversation: null }),
	);
	await Promise.all([messenger.readMoreChats(), messenger.readMoreChats()]);
	await messenger.readMoreChats();
	await messenger.readMoreChats();
	expect(after).toEqual(["first", "second"]);
	const { chats, inbox } = messenger.store.get();
	expect([...chats.keys()]).toEqual(["c1", "c2", "c3"]);
	expect([inbox.hasMore, inbox.endCursor]).toEqual([false, "third"]);
});
