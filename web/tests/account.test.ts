import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Messenger } from "../src/model/messenger";
import { Account } from "../src/session/account";
import { tokenOf } from "./tokens";

const SETTINGS = { isDemo: false, hasExplorer: false, parentOrigins: [] };
let listeners: Map<string, (event: { preventDefault: () => void }) => void>;
let accounts: Account[];

const place = { hash: "", pathname: "/", search: "", href: "http://page/" };

beforeEach(() => {
	vi.useFakeTimers();
	listeners = new Map();
	accounts = [];
	vi.stubGlobal("location", place);
	vi.stubGlobal("history", { state: null, replaceState: () => Object.assign(place, { hash: "" }) });
	vi.stubGlobal("parent", globalThis);
	vi.stubGlobal("window", globalThis);
	vi.stubGlobal("addEventListener", (kind: string, listener: () => void) =>
		listeners.set(kind, listener),
	);
	vi.stubGlobal("removeEventListener", () => undefined);
	// Every request stands still.
	vi.stubGlobal("fetch", () => new Promise(() => undefined));
});

afterEach(() => {
	for (const account of accounts) account.switchPerson();
	vi.unstubAllGlobals();
	vi.useRealTimers();
});

function opened(token: string): Account {
	place.hash = `#token=${token}`;
	const account = new Account(SETTINGS);
	accounts.push(account);
	return account;
}

function push(token: string): void {
	place.hash = `#token=${token}`;
	listeners.get("hashchange")?.({ preventDefault: () => undefined });
}

function messengerOf(account: Account): Messenger {
	const state = account.store.get();
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
function end(account: Account): void {
	// biome-ignore lint/complexity/useLiteralKeys: private, and what the feed calls on 4401
	messengerOf(account)["session"].end();
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

test("The same person's new token goes on; another's begins with nothing of the first.", () => {
	stubStorage();
	const account = opened(tokenOf("ada"));
	const first = messengerOf(account);
	write(first);
	push(tokenOf("ada"));
	expect(messengerOf(account)).toBe(first);
	push(tokenOf("ben"));
	const second = messengerOf(account);
	expect(second).not.toBe(first);
	expect([second.drafts.size, second.store.get().outbox]).toEqual([0, []]);
	push(tokenOf("ada"));
	expect(messengerOf(account).unsent()).toEqual({ drafts: new Map(), outbox: [] });
});

test("Who comes back after the session ended finds drafts and outbox, under the same key.", () => {
	stubStorage();
	const account = opened(tokenOf("ada"));
	write(messengerOf(account));
	const [before] = messengerOf(account).store.get().outbox;
	end(account);
	expect(account.store.get().kind).toBe("signed out");
	push(tokenOf("ada"));
	const { drafts, outbox } = messengerOf(account).unsent();
	expect(drafts.get("peer")).toBe("half a word");
	expect(outbox).toEqual([before]);
});

test("Whoever comes instead finds neither.", () => {
	stubStorage();
	const account = opened(tokenOf("ada"));
	write(messengerOf(account));
	end(account);
	push(tokenOf("ben"));
	expect(messengerOf(account).unsent()).toEqual({ drafts: new Map(), outbox: [] });
});

test("Leaving is warned of while something is not sent, also when the session has ended.", () => {
	stubStorage();
	const account = opened(tokenOf("ada"));
	expect(isWarned()).toBe(false);
	write(messengerOf(account));
	expect(isWarned()).toBe(true);
	end(account);
	expect(isWarned()).toBe(true);
	push(tokenOf("ben"));
	expect(isWarned()).toBe(false);
});

function stubStorage(): void {
	vi.stubGlobal("sessionStorage", { getItem: () => null, removeItem: () => undefined });
}
