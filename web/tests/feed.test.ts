import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { WebSocket } from "ws";
import { type Feed, type FeedState, followFeed } from "../src/feed";
import { FeedServer } from "./feedServer";

vi.stubGlobal("WebSocket", WebSocket);

interface Entry {
	cursor: string;
	body: string;
}

let server: FeedServer;
let feed: Feed | null = null;
let heard: string[];
let states: FeedState[];
let refused: (string | null)[];
let readings: number;
let signedOut: number;
/** How many tokens there are to be had. */
let noneAfter: number;

beforeEach(() => {
	server = new FeedServer();
	heard = [];
	states = [];
	refused = [];
	readings = 0;
	signedOut = 0;
	noneAfter = Number.POSITIVE_INFINITY;
});

afterEach(async () => {
	feed?.stop();
	await server.stop();
});

function follow(read: () => Promise<string> = async () => "0000"): void {
	const { port } = server;
	feed = followFeed<Entry>({
		url: `ws://127.0.0.1:${port}/`,
		query: "subscription ($after: String!) { feed(after: $after) { cursor body } }",
		token: async (no) => {
			refused.push(no);
			if (refused.length > noneAfter) throw new Error("there is no other");
			return `token-${refused.length}`;
		},
		read: () => {
			readings += 1;
			return read();
		},
		onEntry: ({ body }) => heard.push(body),
		onState: (state) => states.push(state),
		onSignedOut: () => {
			signedOut += 1;
		},
	});
}

const eventually = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 8_000 });

test("Entries arrive in order, from the cursor that was read on.", async () => {
	for (const body of ["a", "b", "c"]) server.write(body);
	follow(async () => "0001");
	await eventually(() => expect(heard).toEqual(["b", "c"]));
	server.write("d");
	await eventually(() => expect(heard).toEqual(["b", "c", "d"]));
	expect(states).toEqual(["live"]);
});

test.each([undefined, 1000, 1011, 1012, 4400, 4408, 4429, 4500])(
	"Cut off with %s, it resumes after the last entry; nothing is lost, nothing comes twice.",
	async (code) => {
		follow();
		server.write("a");
		await eventually(() => expect(heard).toEqual(["a"]));
		server.cut(code);
		server.write("b");
		await eventually(() => expect(heard).toEqual(["a", "b"]));
		expect(server.askedAfter).toEqual(["0000", "0001"]);
		expect(states).toEqual(["live", "reconnecting", "live"]);
		expect(readings).toBe(1);
	},
);

test("What is told again is dropped.", async () => {
	follow();
	for (const body of ["a", "b"]) server.write(body);
	await eventually(() => expect(heard).toEqual(["a", "b"]));
	server.repeats = 2;
	server.cut();
	server.write("c");
	await eventually(() => expect(heard).toEqual(["a", "b", "c"]));
});

test("RESYNC_REQUIRED: the lists are read anew, and the feed goes on from there.", async () => {
	for (const body of ["a", "b", "c"]) server.write(body);
	server.prunedBelow = "0002";
	const places = ["0001", "0002"];
	follow(async () => places.shift() ?? "0003");
	await eventually(() => expect(heard).toEqual(["c"]));
	expect(readings).toBe(2);
	expect(server.askedAfter).toEqual(["0001", "0002"]);
});

test("4403: another token is asked for, and the refused one named.", async () => {
	server.closeNext = [4403];
	server.write("a");
	follow();
	await eventually(() => expect(heard).toEqual(["a"]));
	expect(refused).toEqual([null, "token-1"]);
	expect(server.tokens).toEqual(["Bearer token-1", "Bearer token-2"]);
	expect(readings).toBe(1);
});

test("4401: another token is asked for once, and with that the feed goes on.", async () => {
	server.closeNext = [4401];
	server.write("a");
	follow();
	await eventually(() => expect(heard).toEqual(["a"]));
	server.cut(4401);
	server.write("b");
	await eventually(() => expect(heard).toEqual(["a", "b"]));
	expect(refused).toEqual([null, "token-1", "token-2"]);
	expect(signedOut).toBe(0);
});

test("4401 and no other token: it ends for good.", async () => {
	server.closeNext = [4401];
	noneAfter = 1;
	follow();
	await eventually(() => expect(signedOut).toBe(1));
	expect(refused).toEqual([null, "token-1"]);
	expect(server.tokens).toHaveLength(1);
});

test("4401 for the other token too: it ends for good, and says so.", async () => {
	server.closeNext = [4401, 4401];
	follow();
	await eventually(() => expect(signedOut).toBe(1));
	feed?.retryNow();
	server.write("a");
	await new Promise((resolve) => setTimeout(resolve, 700));
	expect(server.tokens).toHaveLength(2);
	expect(heard).toEqual([]);
});

test("Lists that cannot be read are tried again; nobody is told of a state before.", async () => {
	server.write("a");
	let isDown = true;
	follow(async () => {
		if (isDown) throw new Error("no network");
		return "0000";
	});
	await eventually(() => expect(readings).toBe(2));
	expect(states).toEqual([]);
	isDown = false;
	feed?.retryNow();
	await eventually(() => expect(heard).toEqual(["a"]));
	expect(states).toEqual(["live"]);
});

test("Lists without a feed are told of: nobody takes them for the newest.", async () => {
	server.closeNext = [1011, 1011];
	server.write("a");
	follow();
	await eventually(() => expect(heard).toEqual(["a"]));
	expect(states).toEqual(["reconnecting", "reconnecting", "live"]);
});

test("A server that comes back later is found again.", async () => {
	follow();
	server.write("a");
	await eventually(() => expect(heard).toEqual(["a"]));
	const { port, log } = server;
	await server.stop();
	await eventually(() => expect(states).toContain("reconnecting"));
	server = new FeedServer(port);
	server.log.push(...log);
	server.write("b");
	feed?.retryNow();
	await eventually(() => expect(heard).toEqual(["a", "b"]));
	expect(server.askedAfter).toEqual(["0001"]);
});

test("Stopped, it hears no more.", async () => {
	follow();
	server.write("a");
	await eventually(() => expect(heard).toEqual(["a"]));
	feed?.stop();
	server.write("b");
	server.cut();
	await new Promise((resolve) => setTimeout(resolve, 700));
	expect(heard).toEqual(["a"]);
	expect(server.askedAfter).toEqual(["0000"]);
	expect(states).toEqual(["live"]);
});

test("An entry that could not be read whole is asked for again.", async () => {
	server.broken = 1;
	server.write("a");
	follow();
	await eventually(() => expect(heard).toEqual(["a"]));
	expect(server.askedAfter).toEqual(["0000", "0000"]);
});
