import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { WebSocket } from "ws";
import { type Feed, type FeedState, followFeed } from "../src/feed";
import { FeedServer } from "./feedServer";

let server: FeedServer;
let window: EventTarget;
let document: EventTarget & { visibilityState: DocumentVisibilityState };
let feed: Feed;
let readings: number;
let isDown: boolean;
let states: FeedState[];

beforeEach(() => {
	server = new FeedServer();
	window = new EventTarget();
	document = Object.assign(new EventTarget(), { visibilityState: "visible" as const });
	readings = 0;
	isDown = false;
	states = [];
	vi.stubGlobal("WebSocket", WebSocket);
	vi.stubGlobal("addEventListener", window.addEventListener.bind(window));
	vi.stubGlobal("removeEventListener", window.removeEventListener.bind(window));
	vi.stubGlobal("document", document);
});

afterEach(async () => {
	feed.stop();
	vi.restoreAllMocks();
	vi.unstubAllGlobals();
	vi.useRealTimers();
	await server.stop();
});

function follow(): void {
	feed = followFeed({
		url: `ws://127.0.0.1:${server.port}/`,
		query: "subscription ($after: String!) { feed(after: $after) { cursor body } }",
		token: async () => "token",
		read: async () => {
			readings += 1;
			if (isDown) throw new Error("no network");
			return "0000";
		},
		onEntry: () => undefined,
		onState: (state) => states.push(state),
		onSignedOut: () => undefined,
	});
}

/** Until all has happened that waits for no timer. */
async function settle(): Promise<void> {
	for (let turns = 0; turns < 5; turns += 1) await new Promise((resolve) => setImmediate(resolve));
}

function look(visibilityState: DocumentVisibilityState): void {
	document.visibilityState = visibilityState;
	document.dispatchEvent(new Event("visibilitychange"));
}

const eventually = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 8_000 });

test.each([
	["the network comes back", () => window.dispatchEvent(new Event("online"))],
	["the page is looked at", () => look("visible")],
])("When %s, it does not wait for the end of its pause.", async (_, happens) => {
	// No pause ends by itself here.
	vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
	isDown = true;
	follow();
	await settle();
	expect(readings).toBe(1);
	look("hidden");
	await settle();
	expect(readings).toBe(1);
	happens();
	await settle();
	expect(readings).toBe(2);
	feed.stop();
	happens();
	await settle();
	expect(readings).toBe(2);
});

test("When the network goes, the page knows at once, and finds its way back.", async () => {
	follow();
	await eventually(() => expect(server.askedAfter).toHaveLength(1));
	expect(states).toEqual(["live"]);
	window.dispatchEvent(new Event("offline"));
	await eventually(() => expect(states).toEqual(["live", "reconnecting", "live"]));
	await eventually(() => expect(server.askedAfter).toHaveLength(2));
});

test("A page that slept for long and is looked at takes its old connection for dead.", async () => {
	follow();
	await eventually(() => expect(server.askedAfter).toHaveLength(1));
	look("visible");
	const now = Date.now();
	vi.spyOn(Date, "now").mockImplementation(() => now + 3_600_000);
	expect(states).toEqual(["live"]);
	look("visible");
	await eventually(() => expect(states).toEqual(["live", "reconnecting", "live"]));
});
