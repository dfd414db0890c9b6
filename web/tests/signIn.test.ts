import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Messenger } from "../src/model/messenger";
import { SignIn } from "../src/session/signIn";
import { subjectOf } from "../src/session/tokens";
import { tokenOf } from "./tokens";

const SETTINGS = { isDemo: false, hasExplorer: false, parentOrigins: [] };
let listeners: Map<string, (event: { preventDefault: () => void }) => void>;
let all: SignIn[];

const place = { hash: "", pathname: "/", search: "", href: "http://page/" };

beforeEach(() => {
	vi.useFakeTimers();
	listeners = new Map();
	all = [];
	vi.stubGlobal("location", place);
	vi.stubGlobal("history", { state: null, replaceState: () => Object.assign(place, { hash: "" }) });
	vi.stubGlobal("parent", globalThis);
	vi.stubGlobal("window", globalThis);
	vi.stubGlobal("addEventListener", (kind: string, listener: () => void) =>
		listeners.set(kind, listener),
	);
	vi.stubGlobal("removeEventListener", () => undefined);
	vi.stubGlobal("dispatchEvent", () => true);
	vi.stubGlobal("fetch", answer);
});

afterEach(() => {
	for (const signIn of all) signIn.switchPerson();
	vi.unstubAllGlobals();
	vi.useRealTimers();
});

/** Tells whose a good token is; every other request stands still. */
function answer(_: string, { body, headers }: RequestInit): Promise<Response> {
	if (!String(body).includes("query Who")) return new Promise(() => undefined);
	const token = new Headers(headers).get("Authorization")?.slice("Bearer ".length) ?? "";
	if (token === BAD) return Promise.resolve(new Response("{}", { status: 401 }));
	const name = `The name of ${JSON.parse(subjectOf(token))[1]}`;
	return Promise.resolve(Response.json({ data: { viewer: { user: { name } } } }));
}

const BAD = tokenOf("nobody");

/** The name of whom the page asks about. */
function proposed(signIn: SignIn): string | null {
	const state = signIn.store.get();
	return state.kind === "signed in" ? (state.proposed?.name ?? null) : null;
}

async function isAsked(signIn: SignIn, name: string): Promise<void> {
	await vi.waitFor(() => expect(proposed(signIn)).toBe(`The name of ${name}`));
}

function opened(token: string): SignIn {
	place.hash = `#token=${token}`;
	const signIn = new SignIn(SETTINGS);
	all.push(signIn);
	return signIn;
}

function push(token: string): void {
	place.hash = `#token=${token}`;
	listeners.get("hashchange")?.({ preventDefault: () => undefined });
}

function messengerOf(signIn: SignIn): Messenger {
	const state = signIn.store.get();
	if (state.kind !== "signed in") throw new Error(state.kind);
	return state.messenger;
}

function write(messenger: Messenger): void {
	messenger.drafts.set("peer", "half a word");
	messenger.outbox.send({ kind: "start", peerId: "peer" }, "on its way");
}

function isWarned(): boolean {
	const preventDefault = vi.fn();
	listeners.get("beforeunload")?.({ preventDefault });
	return preventDefault.mock.calls.length > 0;
}

/** As the server does that no longer knows the person. */
function end(signIn: SignIn): void {
	// biome-ignore lint/complexity/useLiteralKeys: private, and what the feed calls on 4401
	messengerOf(signIn)["session"].end();
}

test("Outside the demo no storage is asked, which a sandboxed frame has not.", () => {
	vi.stubGlobal("sessionStorage", {
		getItem: () => {
			throw new Error("denied");
		},
		removeItem: () => undefined,
	});
	expect(messengerOf(opened(tokenOf("ada")))).toBeDefined();
});

test("The same person's new token goes on; another's begins with nothing of the first.", async () => {
	stubStorage();
	const signIn = opened(tokenOf("ada"));
	const first = messengerOf(signIn);
	write(first);
	push(tokenOf("ada"));
	expect(messengerOf(signIn)).toBe(first);
	push(tokenOf("ben"));
	await isAsked(signIn, "ben");
	signIn.takeProposed();
	const second = messengerOf(signIn);
	expect(second).not.toBe(first);
	expect([second.drafts.size, second.store.get().outbox]).toEqual([0, []]);
	expect(proposed(signIn)).toBeNull();
	push(tokenOf("ada"));
	await isAsked(signIn, "ada");
	signIn.takeProposed();
	expect(messengerOf(signIn).unsent()).toEqual({ drafts: new Map(), outbox: [] });
});

test("Another's token is out of the address at once, and without a yes it changes nothing.", async () => {
	stubStorage();
	const signIn = opened(tokenOf("ada"));
	const before = messengerOf(signIn);
	write(before);
	push(tokenOf("ben"));
	expect(place.hash).toBe("");
	await isAsked(signIn, "ben");
	push(tokenOf("cleo"));
	await settle();
	expect(proposed(signIn)).toBe("The name of ben");
	expect(messengerOf(signIn)).toBe(before);
	signIn.declineProposed();
	expect([proposed(signIn), place.hash]).toEqual([null, ""]);
	expect(messengerOf(signIn)).toBe(before);
	expect(before.drafts.get("peer")).toBe("half a word");
	push(tokenOf("ada"));
	await settle();
	expect([proposed(signIn), messengerOf(signIn)]).toEqual([null, before]);
});

test("The same id in another account is another person; a token that is none is nobody's.", async () => {
	stubStorage();
	const signIn = opened(tokenOf("ada"));
	const before = messengerOf(signIn);
	push(BAD);
	await settle();
	expect([proposed(signIn), place.hash]).toEqual([null, ""]);
	push(tokenOf("ada", 3600, Date.now(), "other academy"));
	await isAsked(signIn, "ada");
	expect(messengerOf(signIn)).toBe(before);
});

test("What was proposed to one who is gone is proposed no more.", async () => {
	stubStorage();
	const signIn = opened(tokenOf("ada"));
	push(tokenOf("ben"));
	end(signIn);
	await settle();
	expect(signIn.store.get().kind).toBe("signed out");
	signIn.takeProposed();
	expect(signIn.store.get().kind).toBe("signed out");
});

test("Who comes back after the session ended finds drafts and outbox, under the same key.", () => {
	stubStorage();
	const signIn = opened(tokenOf("ada"));
	write(messengerOf(signIn));
	const [before] = messengerOf(signIn).store.get().outbox;
	end(signIn);
	expect(signIn.store.get().kind).toBe("signed out");
	push(tokenOf("ada"));
	const { drafts, outbox } = messengerOf(signIn).unsent();
	expect(drafts.get("peer")).toBe("half a word");
	expect(outbox).toEqual([before]);
});

test("Whoever comes instead finds neither.", () => {
	stubStorage();
	const signIn = opened(tokenOf("ada"));
	write(messengerOf(signIn));
	end(signIn);
	push(tokenOf("ben"));
	expect(messengerOf(signIn).unsent()).toEqual({ drafts: new Map(), outbox: [] });
});

test("Leaving is warned of while something is not sent, also when the session has ended.", () => {
	stubStorage();
	const signIn = opened(tokenOf("ada"));
	expect(isWarned()).toBe(false);
	write(messengerOf(signIn));
	expect(isWarned()).toBe(true);
	end(signIn);
	expect(isWarned()).toBe(true);
	push(tokenOf("ben"));
	expect(isWarned()).toBe(false);
});

function stubStorage(): void {
	vi.stubGlobal("sessionStorage", { getItem: () => null, removeItem: () => undefined });
}

/** Lets every answer that is on its way come. */
async function settle(): Promise<void> {
	await vi.advanceTimersByTimeAsync(100);
}
