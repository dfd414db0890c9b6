import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ParentIsSilent, parentSource } from "../src/session/production";

const ORIGIN = "https://lms.example";
let listeners: Set<(event: unknown) => void>;
let wanted: [data: unknown, origin: string][];

const parent = { postMessage: (...message: [unknown, string]) => wanted.push(message) };

function post(data: unknown, { origin = ORIGIN, source = parent as unknown } = {}): void {
	for (const listener of listeners) listener({ data, origin, source });
}

beforeEach(() => {
	vi.useFakeTimers();
	listeners = new Set();
	wanted = [];
	vi.stubGlobal("parent", parent);
	vi.stubGlobal("location", {});
	vi.stubGlobal("addEventListener", (_: string, listener: () => void) => listeners.add(listener));
	vi.stubGlobal("removeEventListener", (_: string, listener: () => void) =>
		listeners.delete(listener),
	);
});

afterEach(() => {
	vi.unstubAllGlobals();
	vi.useRealTimers();
});

test("The parent is asked, and only the parent of that origin is heard.", async () => {
	const token = parentSource([ORIGIN]).fetch();
	expect(wanted).toEqual([[{ type: "lms-messages:token-wanted" }, ORIGIN]]);
	const type = "lms-messages:token";
	post({ type, token: "foreign" }, { origin: "https://other.example" });
	post({ type, token: "sibling" }, { source: {} });
	post({ type, token: 7 });
	post({ type: "other", token: "other" });
	post({ type, token: "good" });
	expect(await token).toBe("good");
	expect(listeners.size).toBe(0);
});

test("A refusal is no token; silence is no refusal.", async () => {
	const refused = parentSource([ORIGIN]).fetch();
	post({ type: "lms-messages:token", token: null });
	expect(await refused).toBeNull();
	const silent = expect(parentSource([ORIGIN]).fetch()).rejects.toBeInstanceOf(ParentIsSilent);
	await vi.advanceTimersByTimeAsync(10_000);
	await silent;
	expect(listeners.size).toBe(0);
});

const OTHERS = ["https://one.example", ORIGIN, "https://other.example"];

test("Of several origins all are asked until one has answered, and from then on that one.", async () => {
	const source = parentSource(OTHERS);
	const first = source.fetch();
	expect(wanted.map(([, origin]) => origin)).toEqual(OTHERS);
	post({ type: "lms-messages:token", token: "first" });
	expect(await first).toBe("first");
	wanted = [];
	const second = source.fetch();
	expect(wanted.map(([, origin]) => origin)).toEqual([ORIGIN]);
	post({ type: "lms-messages:token", token: "second" });
	expect(await second).toBe("second");
});

test("Where the browser tells whose page is around, no other is asked, not even at first.", () => {
	vi.stubGlobal("location", { ancestorOrigins: [ORIGIN, "https://one.example"] });
	void parentSource(OTHERS).fetch();
	expect(wanted.map(([, origin]) => origin)).toEqual([ORIGIN]);
});

test("Around may be a page that is not allowed; it is told nothing.", () => {
	vi.stubGlobal("location", { ancestorOrigins: ["https://foreign.example"] });
	void parentSource([ORIGIN]).fetch();
	expect(wanted.map(([, origin]) => origin)).toEqual([ORIGIN]);
});
