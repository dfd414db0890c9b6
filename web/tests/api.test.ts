import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Api, RequestFailed } from "../src/api";
import { WhoDocument } from "../src/generated/operations";
import { Session } from "../src/session/tokens";
import { tokenOf } from "./tokens";

const ANSWER = { data: { viewer: { user: { name: "Ada" } } } };

interface Answer {
	status: number;
	body: unknown;
	headers?: Record<string, string>;
}

let server: Server;
/** The tokens of the requests so far. */
let shown: (string | undefined)[];
/** What they are answered, one after the other; null: nothing at all. */
let answers: (Answer | null)[];
let tokens: string[];
let ended: number;
let api: Api;

beforeEach(async () => {
	shown = [];
	answers = [];
	tokens = [tokenOf("ada"), tokenOf("ada")];
	ended = 0;
	server = createServer((request, response) => {
		shown.push(request.headers.authorization);
		const answer = answers.shift();
		if (!answer) return;
		response.writeHead(answer.status, { "Content-Type": "application/json", ...answer.headers });
		response.end(JSON.stringify(answer.body));
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	const { port } = server.address() as AddressInfo;
	const ask = fetch;
	vi.stubGlobal("fetch", (path: string, init: RequestInit) =>
		ask(new URL(path, `http://127.0.0.1:${port}`), init),
	);
	const left = [...tokens];
	const session = new Session(
		{ fetch: async () => left.shift() ?? null },
		{
			onHolder: () => undefined,
			onAnother: () => undefined,
			onEnd: () => {
				ended += 1;
			},
		},
	);
	api = new Api(session);
});

afterEach(async () => {
	vi.restoreAllMocks();
	vi.unstubAllGlobals();
	server.closeAllConnections();
	await new Promise((resolve) => server.close(resolve));
});

const refused = { status: 401, body: { errors: [{ message: "no" }] } };

test("A request whose token is refused is asked again with another one.", async () => {
	answers = [refused, { status: 200, body: ANSWER }];
	expect(await api.query(WhoDocument, {})).toEqual(ANSWER.data);
	expect(shown).toEqual(tokens.map((token) => `Bearer ${token}`));
	expect(ended).toBe(0);
});

test("Where the other one is refused likewise, the session ends.", async () => {
	answers = [refused, refused];
	await expect(api.query(WhoDocument, {})).rejects.toBeInstanceOf(RequestFailed);
	expect(shown).toHaveLength(2);
	expect(ended).toBe(1);
});

test("A server that says nothing is not waited for for ever.", async () => {
	const after = AbortSignal.timeout.bind(AbortSignal);
	// A thousand times sooner than it would.
	const limit = vi.spyOn(AbortSignal, "timeout").mockImplementation((ms) => after(ms / 1000));
	answers = [null];
	const error = await api.query(WhoDocument, {}).catch((failure: unknown) => failure);
	expect(error).toBeInstanceOf(RequestFailed);
	expect((error as RequestFailed).code).toBeNull();
	expect(limit).toHaveBeenCalledOnce();
	expect(ended).toBe(0);
});

test("A failure tells its code, and when to ask again where the server says so.", async () => {
	const errors = [{ message: "later", extensions: { code: "INTERNAL" } }];
	answers = [{ status: 503, body: { errors }, headers: { "Retry-After": "2" } }];
	const error = await api.query(WhoDocument, {}).catch((failure: unknown) => failure);
	expect(error).toMatchObject({ code: "INTERNAL", retryAfterMs: 2_000 });
});
