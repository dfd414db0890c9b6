import { beforeEach, expect, test, vi } from "vitest";
import { type Api, RequestFailed } from "../src/api";
import { withStart } from "../src/model/merge";
import { Outbox, stillOutgoing } from "../src/model/outbox";
import { EMPTY, type Message, type Outgoing, type State } from "../src/model/state";
import { Store } from "../src/model/store";
import { message, mine, outgoing, start, TARGET } from "./oneChat";

const keysOf = (messages: Outgoing[]): string[] => messages.map(({ key }) => key);
const NONE = new Set<string>();

test("A message that the feed brought before its answer is shown once.", () => {
	const outbox = [outgoing("a", "ok")];
	expect(keysOf(stillOutgoing(outbox, "peer", [mine(6, "ok")], NONE))).toEqual([]);
});

test("Of two alike, one that arrived hides one.", () => {
	const outbox = [outgoing("a", "ok"), outgoing("b", "ok")];
	expect(keysOf(stillOutgoing(outbox, "peer", [mine(6, "ok")], NONE))).toEqual(["b"]);
});

test("An older message of the same words hides nothing, nor does one already answered for.", () => {
	const outbox = [outgoing("a", "ok")];
	expect(keysOf(stillOutgoing(outbox, "peer", [mine(5, "ok")], NONE))).toEqual(["a"]);
	expect(keysOf(stillOutgoing(outbox, "peer", [mine(6, "ok")], new Set(["m6"])))).toEqual(["a"]);
});

/** A server that keeps what it took by key, and answers as the test says. */
class FakeServer {
	readonly taken = new Map<string, Message>();
	readonly keys: string[] = [];
	answers: (
		| "answer"
		| "dawdle"
		| "lose"
		| "fail"
		| "refuse"
		| "deleted"
		| "break"
		| RequestFailed
	)[] = [];

	async mutate(_document: unknown, { input }: { input: { body: string; idempotencyKey: string } }) {
		const { body, idempotencyKey: key } = input;
		this.keys.push(key);
		const how = this.answers.shift() ?? "answer";
		if (how === "dawdle") await new Promise((resolve) => setTimeout(resolve, 500));
		if (how === "break") throw new TypeError("nobody thought of it");
		if (how instanceof RequestFailed) throw how;
		if (how === "fail") throw new RequestFailed("no network", null);
		if (how === "refuse") {
			const refusal = { code: "CHAT_CLOSED", message: "closed", reason: "MESSAGING_OFF" };
			return { sent: { message: null, conversation: null, errors: [refusal] } };
		}
		if (how === "deleted") {
			const refusal = { code: "MESSAGE_DELETED", message: "deleted", reason: null };
			return { sent: { message: null, conversation: null, errors: [refusal] } };
		}
		const message = this.taken.get(key) ?? mine(this.taken.size + 6, body);
		this.taken.set(key, message);
		if (how === "lose") throw new RequestFailed("the answer was lost", null);
		return { sent: { message, conversation: null, errors: [] } };
	}
}

let server: FakeServer;
let store: Store<State>;
let outbox: Outbox;
let answers: number;

beforeEach(() => {
	vi.useFakeTimers();
	server = new FakeServer();
	store = new Store<State>({ ...EMPTY, connection: "live" });
	answers = 0;
	outbox = new Outbox(server as unknown as Api, store, () => {
		answers += 1;
	});
});

const statuses = (): string[] => store.get().outbox.map(({ status }) => status);

test("Messages go out one after the other, in the order they were written.", async () => {
	server.answers = ["dawdle"];
	for (const body of ["one", "two", "three"]) outbox.send(TARGET, body);
	expect(statuses()).toEqual(["sending", "sending", "sending"]);
	await vi.runAllTimersAsync();
	expect([...server.taken.values()].map(({ body }) => body)).toEqual(["one", "two", "three"]);
	expect(store.get().outbox).toEqual([]);
});

test("A lost answer is asked for with the same key; nothing is doubled.", async () => {
	server.answers = ["lose"];
	outbox.send(TARGET, "one");
	await vi.runAllTimersAsync();
	expect(server.keys).toHaveLength(2);
	expect(new Set(server.keys).size).toBe(1);
	expect(server.taken.size).toBe(1);
	expect(store.get().outbox).toEqual([]);
});

test("What does not get out offers to be tried again, with the same key.", async () => {
	server.answers = ["fail", "fail"];
	outbox.send(TARGET, "one");
	await vi.runAllTimersAsync();
	expect(statuses()).toEqual(["failed"]);
	outbox.retry(store.get().outbox[0]?.key ?? "");
	await vi.runAllTimersAsync();
	expect(store.get().outbox).toEqual([]);
	expect(new Set(server.keys).size).toBe(1);
});

test("While the connection is lost it keeps trying, for a while.", async () => {
	store.update((state) => ({ ...state, connection: "reconnecting" }));
	server.answers = Array(8).fill("fail");
	outbox.send(TARGET, "one");
	await vi.advanceTimersByTimeAsync(7_500);
	expect(statuses()).toEqual(["sending"]);
	expect(answers).toBe(0);
	await vi.runAllTimersAsync();
	expect(answers).toBe(1);
	expect(store.get().outbox).toEqual([]);
	expect(server.taken.size).toBe(1);
});

test("What the server refuses says why, holds up nothing, and can be discarded.", async () => {
	server.answers = ["refuse"];
	outbox.send(TARGET, "one");
	outbox.send(TARGET, "two");
	await vi.runAllTimersAsync();
	const [refused, ...others] = store.get().outbox;
	expect([refused?.status, refused?.refusal?.code]).toEqual(["failed", "CHAT_CLOSED"]);
	expect(others).toEqual([]);
	outbox.discard(refused?.key ?? "");
	expect(store.get().outbox).toEqual([]);
});

const bodiesTaken = (): string[] => [...server.taken.values()].map(({ body }) => body);

test("What follows a message that did not get out waits for it, and goes out after it.", async () => {
	server.answers = ["fail", "fail"];
	outbox.send(TARGET, "one");
	outbox.send(TARGET, "two");
	await vi.runAllTimersAsync();
	expect(statuses()).toEqual(["failed", "failed"]);
	expect(bodiesTaken()).toEqual([]);
	outbox.retry(store.get().outbox[1]?.key ?? "");
	await vi.runAllTimersAsync();
	expect(bodiesTaken()).toEqual(["one", "two"]);
	expect(store.get().outbox).toEqual([]);
});

test("A new message does not overtake one that did not get out; other people's do.", async () => {
	server.answers = ["fail", "fail"];
	outbox.send(TARGET, "one");
	await vi.runAllTimersAsync();
	outbox.send({ ...TARGET, peerId: "other" }, "elsewhere");
	await vi.runAllTimersAsync();
	expect(bodiesTaken()).toEqual(["elsewhere"]);
	outbox.send(TARGET, "two");
	await vi.runAllTimersAsync();
	expect(bodiesTaken()).toEqual(["elsewhere", "one", "two"]);
});

test("Discarded, a message holds up nothing any more.", async () => {
	server.answers = ["fail", "fail"];
	outbox.send(TARGET, "one");
	outbox.send(TARGET, "two");
	await vi.runAllTimersAsync();
	outbox.discard(store.get().outbox[0]?.key ?? "");
	outbox.retry(store.get().outbox[0]?.key ?? "");
	await vi.runAllTimersAsync();
	expect(bodiesTaken()).toEqual(["two"]);
});

test.each(["NOT_FOUND", "FORBIDDEN", "BAD_INPUT"])(
	"%s is final: it is not tried again by itself.",
	async (code) => {
		server.answers = [new RequestFailed("no", code)];
		outbox.send(TARGET, "one");
		await vi.runAllTimersAsync();
		expect(statuses()).toEqual(["failed"]);
		expect(server.keys).toHaveLength(1);
	},
);

test("A server that says when to ask again is asked then, and longer than a hiccup takes.", async () => {
	server.answers = Array(4).fill(new RequestFailed("later", "INTERNAL", 2_000));
	outbox.send(TARGET, "one");
	await vi.advanceTimersByTimeAsync(1_900);
	expect(server.keys).toHaveLength(1);
	await vi.runAllTimersAsync();
	expect(server.keys).toHaveLength(5);
	expect(new Set(server.keys).size).toBe(1);
	expect(bodiesTaken()).toEqual(["one"]);
});

test("It gives up on a server that puts it off for ever.", async () => {
	server.answers = Array(100).fill(new RequestFailed("later", "RATE_LIMITED"));
	outbox.send(TARGET, "one");
	await vi.advanceTimersByTimeAsync(20_000);
	expect(statuses()).toEqual(["failed"]);
	expect(server.keys.length).toBeGreaterThan(2);
	expect(server.keys.length).toBeLessThan(8);
});

test("What nobody thought of fails its message, and no later one.", async () => {
	const said = vi.spyOn(console, "error").mockReturnValue();
	server.answers = ["break"];
	outbox.send(TARGET, "one");
	await vi.runAllTimersAsync();
	expect(statuses()).toEqual(["failed"]);
	expect(said).toHaveBeenCalledOnce();
	outbox.send(TARGET, "two");
	await vi.runAllTimersAsync();
	expect(bodiesTaken()).toEqual(["one", "two"]);
});

test("Stopped, it begins no attempt; another goes on with what it left, under the same key.", async () => {
	server.answers = ["fail"];
	outbox.send(TARGET, "one");
	outbox.send(TARGET, "two");
	await vi.advanceTimersByTimeAsync(100);
	outbox.stop();
	await vi.runAllTimersAsync();
	expect(server.keys).toHaveLength(1);
	expect(statuses()).toEqual(["sending", "sending"]);
	const next = new Store<State>({ ...EMPTY });
	new Outbox(server as unknown as Api, next, () => undefined).takeUp(store.get().outbox);
	await vi.runAllTimersAsync();
	expect(bodiesTaken()).toEqual(["one", "two"]);
	expect(server.keys[1]).toBe(server.keys[0]);
	expect(next.get().outbox).toEqual([]);
});

test("What was taken before, and deleted since by another hand, is done with (D1).", async () => {
	server.answers = ["lose", "deleted"];
	outbox.send(TARGET, "one");
	await vi.runAllTimersAsync();
	expect(store.get().outbox).toEqual([]);
	expect(server.keys).toHaveLength(2);
	expect(answers).toBe(1);
});

test.each([
	["in its thread", true],
	["as its chat's last", false],
])("A message of the same words that was known before, %s, hides no new one.", (_, isOpen) => {
	store.update((state) => withStart(state, start("01", [message(4), mine(5, "ok")])));
	if (!isOpen) store.update((state) => ({ ...state, threads: new Map() }));
	outbox.send(TARGET, "ok");
	const state = store.get();
	expect(keysOf(stillOutgoing(state.outbox, "peer", [mine(5, "ok")], state.answered))).toHaveLength(
		1,
	);
	expect(stillOutgoing(state.outbox, "peer", [mine(6, "ok")], state.answered)).toEqual([]);
});
