import type { AddressInfo } from "node:net";
import {
	GraphQLError,
	GraphQLNonNull,
	GraphQLObjectType,
	GraphQLSchema,
	GraphQLString,
} from "graphql";
import { useServer } from "graphql-ws/use/ws";
import { WebSocketServer } from "ws";

const text = new GraphQLNonNull(GraphQLString);

interface Line {
	cursor: string;
	body: string;
}

/** A feed as the service has one, over the real protocol; its log can be made to misbehave. */
export class FeedServer {
	readonly log: Line[] = [];
	/** The `after` of each subscription so far. */
	readonly askedAfter: string[] = [];
	/** The Authorization of each connection so far. */
	readonly tokens: unknown[] = [];
	/** How many entries before `after` are told again. */
	repeats = 0;
	/** Cursors below this one are no place in the feed any more. */
	prunedBelow = "";
	/** How many entries from now on cannot be read whole. */
	broken = 0;
	/** Closes each connection with this code as soon as it has begun. */
	closeNext: number[] = [];
	readonly #waiting = new Set<() => void>();
	readonly #sockets: WebSocketServer;

	constructor(port = 0) {
		this.#sockets = new WebSocketServer({ port });
		// biome-ignore lint/correctness/useHookAtTopLevel: named like a hook of React's, and none
		useServer(
			{
				schema: this.#schema(),
				onConnect: ({ connectionParams, extra }) => {
					this.tokens.push(connectionParams?.Authorization);
					const code = this.closeNext.shift();
					if (code !== undefined) extra.socket.close(code, "as the test wants");
					return code === undefined;
				},
			},
			this.#sockets,
		);
	}

	get port(): number {
		return (this.#sockets.address() as AddressInfo).port;
	}

	write(body: string): void {
		this.log.push({ cursor: String(this.log.length + 1).padStart(4, "0"), body });
		for (const wake of this.#waiting) wake();
	}

	/** Ends every connection: with a close frame, or as a machine that loses its power does. */
	cut(code?: number): void {
		for (const socket of this.#sockets.clients) {
			if (code === undefined) socket.terminate();
			else socket.close(code, "as the test wants");
		}
	}

	async stop(): Promise<void> {
		this.cut();
		await new Promise((resolve) => this.#sockets.close(resolve));
	}

	async *#follow(after: string): AsyncGenerator<{ feed: Line }> {
		this.askedAfter.push(after);
		if (after < this.prunedBelow) {
			throw new GraphQLError("begin anew", { extensions: { code: "RESYNC_REQUIRED" } });
		}
		let place = this.log.filter(({ cursor }) => cursor <= after).length - this.repeats;
		for (place = Math.max(0, place); ; place += 1) {
			while (place >= this.log.length) await this.#rung();
			const line = this.log[place];
			if (line) yield { feed: line };
		}
	}

	#rung(): Promise<void> {
		return new Promise((resolve) => {
			const wake = (): void => {
				this.#waiting.delete(wake);
				resolve();
			};
			this.#waiting.add(wake);
		});
	}

	#bodyOf({ body }: Line): string {
		if (this.broken === 0) return body;
		this.broken -= 1;
		throw new GraphQLError("the database is away", { extensions: { code: "INTERNAL" } });
	}

	#schema(): GraphQLSchema {
		const entry = new GraphQLObjectType({
			name: "Entry",
			fields: {
				cursor: { type: text },
				body: { type: GraphQLString, resolve: (line: Line) => this.#bodyOf(line) },
			},
		});
		return new GraphQLSchema({
			query: new GraphQLObjectType({ name: "Query", fields: { none: { type: GraphQLString } } }),
			subscription: new GraphQLObjectType({
				name: "Subscription",
				fields: {
					feed: {
						type: entry,
						args: { after: { type: text } },
						subscribe: (_source, { after }: { after: string }) => this.#follow(after),
					},
				},
			}),
		});
	}
}
