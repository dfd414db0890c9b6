import { expect, test } from "vitest";
import type { Api } from "../src/api";
import { Messenger } from "../src/model/messenger";
import type { Session } from "../src/session/tokens";

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
