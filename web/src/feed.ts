/**
 * Follows a person's feed over WebSocket: nothing is lost, nothing comes twice.
 *
 * One file without a framework, for any front end; its only dependency is `graphql-ws`.
 *
 *     const feed = followFeed({ url, query, token, read, onEntry, onState, onSignedOut });
 *     …
 *     feed.stop();
 *
 * How it keeps its word:
 *
 * 1. `read` fetches `viewer { feedCursor }` and the lists in ONE request. The server reads the
 *    cursor first, so what happens after the lists were read comes by the feed.
 * 2. Each attempt is a subscription of its own, from the cursor of the last entry handled. (A
 *    client that resubscribes by itself repeats the variables it began with.)
 * 3. An entry whose cursor is not greater, as a text, than the last one is a repeat: dropped.
 * 4. RESYNC_REQUIRED says that the cursor is no place in the feed any more (it was away for
 *    longer than entries are kept, or a backup was restored): begin again at 1.
 * 5. Whatever else ends an attempt, another one follows: at once when the network comes back or
 *    the page is looked at, otherwise after a growing, jittered pause. Close codes 4403 and 4401
 *    ask for a new token first. After 4401 that is the last one: where there is none, or it is
 *    refused likewise, the person may not be here.
 */
import { type Client, CloseCode, createClient } from "graphql-ws";

/** What every entry has; the rest is as the query selects. */
export interface FeedEntry {
	cursor: string;
}

export type FeedState = "live" | "reconnecting";

export interface FeedOptions<Entry extends FeedEntry> {
	/** The address of the socket: `wss://…/graphql`. */
	url: string;
	/** `subscription ($after: String!) { feed(after: $after) { cursor … } }` */
	query: string;
	/**
	 * Gives a token. `refused` is one that the server no longer takes: give another one. Throws where
	 * there is none at the moment.
	 */
	token(refused: string | null): Promise<string>;
	/** Reads the lists anew and gives the `feedCursor` of the same request. May fail: repeated. */
	read(): Promise<string>;
	/** Takes the next entry. Entries carry state, not increments: handling one twice is harmless. */
	onEntry(entry: Entry): void;
	/** Tells whether entries arrive. Before the lists were first read it says nothing. */
	onState(state: FeedState): void;
	/** The person may not be here (4401, and no other token helped). The feed has ended for good. */
	onSignedOut(): void;
}

export interface Feed {
	/** Ends it. */
	stop(): void;
	/** Does now what it waits for: the page knows that the server is back. */
	retryNow(): void;
}

/** Why an attempt ended, as far as it decides what comes next. */
type End = "again" | "resync" | "signed out" | "token refused";

const SHORTEST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;
/** An attempt that lived so long was a good one: the pauses begin anew. */
const GOOD_ATTEMPT_MS = 10_000;
/** How often the server is pinged, and how long it may take to answer. */
const PING_EVERY_MS = 15_000;
const PONG_WITHIN_MS = 5_000;
/** How long a connection may take to open: browsers themselves wait for minutes. */
const OPEN_WITHIN_MS = 10_000;
const NORMAL_CLOSURE = 1000;

export function followFeed<Entry extends FeedEntry>(options: FeedOptions<Entry>): Feed {
	let cursor: string | null = null;
	let refusedToken: string | null = null;
	/** Whether one token was refused with 4401, and the next is the last that is tried. */
	let isLastToken = false;
	let isStopped = false;
	let hasRead = false;
	let failures = 0;
	let client: Client | null = null;
	let lastHeard = 0;
	let skipPause: (() => void) | null = null;

	function tell(state: FeedState): void {
		if (!isStopped && hasRead) options.onState(state);
	}

	async function follow(): Promise<void> {
		while (!isStopped) {
			const began = Date.now();
			const end = await attempt();
			if (isStopped) return;
			if (end === "signed out") {
				stop();
				options.onSignedOut();
				return;
			}
			tell("reconnecting");
			if (end === "resync") cursor = null;
			if (Date.now() - began > GOOD_ATTEMPT_MS) failures = 0;
			failures += 1;
			// The first new token, and the first new reading, are no failure: no pause.
			if (end === "again" || failures > 1) await pause(isLastToken ? 1 : failures);
		}
	}

	/** Reads where it must, subscribes, and settles when that has come to an end. */
	async function attempt(): Promise<End> {
		try {
			cursor ??= await options.read();
			hasRead = true;
			const token = await options.token(refusedToken);
			refusedToken = null;
			if (isStopped) return "again";
			return await subscribe(cursor, token);
		} catch {
			return isLastToken ? "signed out" : "again";
		}
	}

	function subscribe(after: string, token: string): Promise<End> {
		return new Promise((resolve) => {
			let pongTimer: ReturnType<typeof setTimeout> | undefined;
			let unsubscribe = (): void => undefined;
			const socket = createClient({
				url: options.url,
				retryAttempts: 0,
				keepAlive: PING_EVERY_MS,
				connectionParams: { Authorization: `Bearer ${token}` },
				on: {
					connected: () => {
						clearTimeout(openTimer);
						isLastToken = false;
						tell("live");
					},
					message: () => {
						lastHeard = Date.now();
					},
					ping: (received) => {
						if (received) return;
						// Half of a connection that slept: it says nothing, and does not end either.
						pongTimer = setTimeout(() => socket.terminate(), PONG_WITHIN_MS);
					},
					pong: () => clearTimeout(pongTimer),
					// After this code alone the client would subscribe again by itself, where it began.
					closed: (event) => {
						if ((event as CloseEvent).code === NORMAL_CLOSURE) end("again");
					},
				},
			});
			const openTimer = setTimeout(() => socket.terminate(), OPEN_WITHIN_MS);
			client = socket;
			lastHeard = Date.now();

			function end(how: End): void {
				clearTimeout(openTimer);
				clearTimeout(pongTimer);
				if (client === socket) client = null;
				resolve(how);
				unsubscribe();
				void socket.dispose();
			}

			unsubscribe = socket.subscribe<{ feed: Entry }>(
				{ query: options.query, variables: { after } },
				{
					next: ({ data, errors }) => {
						// An entry that could not be read whole is asked for again.
						if (!data?.feed || errors?.length) end("again");
						else if (client === socket) take(data.feed);
					},
					error: (problem) => end(meaningOf(problem, token)),
					complete: () => end("again"),
				},
			);
		});
	}

	function take(entry: Entry): void {
		if (isStopped || (cursor !== null && entry.cursor <= cursor)) return;
		options.onEntry(entry);
		cursor = entry.cursor;
	}

	/** What an error says: of the operation, a list; of the connection, its close event. */
	function meaningOf(problem: unknown, token: string): End {
		if (Array.isArray(problem)) {
			const codes = problem.map((error) => error?.extensions?.code);
			return codes.includes("RESYNC_REQUIRED") ? "resync" : "again";
		}
		const code = (problem as { code?: unknown } | null)?.code;
		if (code !== CloseCode.Unauthorized && code !== CloseCode.Forbidden) return "again";
		if (code === CloseCode.Unauthorized && isLastToken) return "signed out";
		if (code === CloseCode.Unauthorized) isLastToken = true;
		refusedToken = token;
		return "token refused";
	}

	function pause(attempts: number): Promise<void> {
		const longest = Math.min(LONGEST_PAUSE_MS, SHORTEST_PAUSE_MS * 2 ** (attempts - 1));
		return new Promise((resolve) => {
			const timer = setTimeout(resolve, longest * (0.5 + Math.random() / 2));
			skipPause = () => {
				clearTimeout(timer);
				resolve();
			};
		});
	}

	function retryNow(): void {
		skipPause?.();
		// Timers stood still while the machine slept; silence for so long means a dead socket.
		if (client && Date.now() - lastHeard > PING_EVERY_MS + PONG_WITHIN_MS) client.terminate();
	}

	/** The socket would notice only when its ping is not answered. */
	function onOffline(): void {
		client?.terminate();
	}

	function onVisible(): void {
		if (document.visibilityState === "visible") retryNow();
	}

	function stop(): void {
		isStopped = true;
		globalThis.removeEventListener?.("online", retryNow);
		globalThis.removeEventListener?.("offline", onOffline);
		globalThis.document?.removeEventListener("visibilitychange", onVisible);
		skipPause?.();
		void client?.dispose();
	}

	// Outside a browser there is none of these.
	globalThis.addEventListener?.("online", retryNow);
	globalThis.addEventListener?.("offline", onOffline);
	globalThis.document?.addEventListener("visibilitychange", onVisible);
	void follow();
	return { stop, retryNow };
}
