import { Client, fetchExchange } from "@urql/core";
import type { TypedDocumentString } from "./generated/operations";
import type { Session } from "./session/tokens";

const ADDRESS = "/graphql";
/** Longer than the server takes for anything; a phone in a tunnel would wait for ever. */
const ANSWER_WITHIN_MS = 15_000;

export const socketUrl = (): string => {
	const url = new URL(ADDRESS, location.href);
	url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
	return url.href;
};

/** A request that has no answer: the network failed, or the server could not do it. */
export class RequestFailed extends Error {
	constructor(
		message: string,
		/** The code of the first error, where the server answered. */
		readonly code: string | null,
		/** When to ask again, where the server says so. */
		readonly retryAfterMs: number | null = null,
	) {
		super(message);
	}
}

/** Asks the server, as the person who is signed in. */
export class Api {
	readonly #client: Client;

	constructor(private readonly session: Session) {
		this.#client = new Client({
			url: ADDRESS,
			exchanges: [fetchExchange],
			requestPolicy: "network-only", // the store is the only place that keeps anything
			preferGetMethod: false,
			fetch: (address, init) => this.#fetch(address, init),
		});
	}

	/** Throws RequestFailed. */
	async query<Result, Variables>(
		document: TypedDocumentString<Result, Variables>,
		variables: Variables,
	): Promise<Result> {
		return this.#result(this.#client.query(document.toString(), variables as object));
	}

	/** Throws RequestFailed. */
	async mutate<Result, Variables>(
		document: TypedDocumentString<Result, Variables>,
		variables: Variables,
	): Promise<Result> {
		return this.#result(this.#client.mutation(document.toString(), variables as object));
	}

	async #result<Result>(operation: ReturnType<Client["query"]>): Promise<Result> {
		const { data, error } = await operation.toPromise();
		if (error) {
			const code = error.graphQLErrors[0]?.extensions?.code;
			const response = error.response as Response | undefined;
			const seconds = Number(response?.headers.get("Retry-After") ?? Number.NaN);
			throw new RequestFailed(
				error.message,
				typeof code === "string" ? code : null,
				Number.isFinite(seconds) ? seconds * 1000 : null,
			);
		}
		return data as Result;
	}

	async #fetch(address: RequestInfo | URL, init: RequestInit = {}): Promise<Response> {
		const token = await this.session.token();
		const response = await this.#fetchAs(token, address, init);
		if (response.status !== 401) return response;
		// It ended on the way, or the server's clock is ahead.
		const another = await this.#fetchAs(await this.session.token(token), address, init);
		if (another.status === 401) this.session.end();
		return another;
	}

	#fetchAs(token: string, address: RequestInfo | URL, init: RequestInit): Promise<Response> {
		const headers = new Headers(init.headers);
		headers.set("Authorization", `Bearer ${token}`);
		// Not AbortSignal.any(): some browsers collect its timeout as garbage, and it never comes.
		const limit = new AbortController();
		for (const signal of [AbortSignal.timeout(ANSWER_WITHIN_MS), init.signal]) {
			signal?.addEventListener("abort", () => limit.abort(signal.reason));
		}
		return fetch(address, { ...init, headers, signal: limit.signal });
	}
}
