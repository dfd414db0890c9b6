/** What a token says of itself. The server checks it; the page only reads along. */
function claimsOf(token: string): {
	exp?: unknown;
	iat?: unknown;
	sub?: unknown;
	account?: unknown;
} {
	try {
		const payload = token.split(".")[1] ?? "";
		return JSON.parse(atob(payload.replaceAll("-", "+").replaceAll("_", "/")));
	} catch {
		return {};
	}
}

/**
 * How long a token that has just come will do. By its own two times where it tells both: the clock
 * of this machine may be hours off.
 */
function lifeOf(token: string): number {
	const { exp, iat } = claimsOf(token);
	if (typeof exp !== "number") return Number.POSITIVE_INFINITY;
	return typeof iat === "number" ? (exp - iat) * 1000 : exp * 1000 - Date.now();
}

/** Whose token it is: a person's id, which holds within an account. */
export function subjectOf(token: string): string {
	const { sub, account } = claimsOf(token);
	return JSON.stringify([account, sub]);
}

/** Where tokens come from. */
export interface TokenSource {
	/**
	 * A new token, or null where there is none to be had: nobody to ask, or a refusal. Throws where
	 * it may be had later.
	 */
	fetch(): Promise<string | null>;
}

/** What a session tells of itself. */
export interface SessionEvents {
	/** Whose session it is; told once, with the first token. */
	onHolder(holder: string): void;
	/** There is a token, the first or another one. */
	onToken?(token: string): void;
	/** The source gave a token of somebody else's. The session has ended. */
	onAnother(token: string): void;
	/** There is no token any more. The session has ended. */
	onEnd(): void;
}

/** A token is renewed this long before it ends, or when half of a shorter life is over. */
const EARLY_MS = 30_000;
/** How long it waits where a renewal failed. */
const AGAIN_AFTER_MS = 5_000;
/** The longest that a timer can be set to. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Holds the token of one person, in memory only, and renews it in time.
 *
 * Whoever needs a token asks here each time; several who ask at once share one renewal.
 */
export class Session {
	#token: string | null = null;
	#renewAt = 0;
	#overAt = 0;
	#holder: string | null = null;
	#renewal: Promise<string> | null = null;
	#timer: ReturnType<typeof setTimeout> | undefined;
	#hasEnded = false;

	constructor(
		private readonly source: TokenSource,
		private readonly events: SessionEvents,
	) {}

	/** A token that is not the refused one. Throws SignedOut where there is none. */
	async token(refused: string | null = null): Promise<string> {
		if (this.#hasEnded) throw new SignedOut();
		const token = this.#token;
		if (token !== null && token !== refused && this.#renewAt > Date.now()) return token;
		try {
			this.#renewal ??= this.#renew(refused).finally(() => {
				this.#renewal = null;
			});
			return await this.#renewal;
		} catch (error) {
			if (this.#hasEnded) throw new SignedOut();
			// The old one may still do for a moment, while the place of new ones is out of reach.
			if (token !== null && token !== refused && this.#overAt > Date.now()) return token;
			throw error;
		}
	}

	/** Takes a token that came unasked. Throws SignedOut where it is not this person's. */
	accept(token: string): void {
		if (this.#hasEnded) throw new SignedOut();
		const subject = subjectOf(token);
		if (this.#holder !== null && this.#holder !== subject) {
			this.close();
			this.events.onAnother(token);
			throw new SignedOut();
		}
		const isFirst = this.#holder === null;
		this.#holder = subject;
		this.#token = token;
		this.#planRenewal(token);
		if (isFirst) this.events.onHolder(subject);
		this.events.onToken?.(token);
	}

	/** The server knows this person no more. */
	end(): void {
		if (this.#hasEnded) return;
		this.close();
		this.events.onEnd();
	}

	/** Ends without a word: from now on there is no token. */
	close(): void {
		this.#hasEnded = true;
		this.#token = null;
		clearTimeout(this.#timer);
	}

	/** Nobody may ask for a token for hours, yet an open page is to stay signed in. */
	#planRenewal(token: string): void {
		const now = Date.now();
		const left = lifeOf(token);
		this.#overAt = now + left;
		this.#renewAt = now + Math.max(left - EARLY_MS, left / 2);
		// Already over, by a clock that differs from the server's: renewed when it is refused.
		if (left > 0) this.#renewIn(this.#renewAt - now);
	}

	#renewIn(milliseconds: number): void {
		clearTimeout(this.#timer);
		if (milliseconds > LONGEST_TIMER_MS) return;
		this.#timer = setTimeout(() => {
			const before = this.#token;
			void this.token()
				.catch(() => undefined)
				.then(() => {
					if (!this.#hasEnded && this.#token === before) this.#renewIn(AGAIN_AFTER_MS);
				});
		}, milliseconds);
	}

	async #renew(refused: string | null): Promise<string> {
		const token = await this.source.fetch();
		if (this.#hasEnded) throw new SignedOut();
		if (token === null) {
			const last = this.#token;
			// Whether it is over, the server says.
			if (last !== null && last !== refused) return last;
			this.end();
			throw new SignedOut();
		}
		this.accept(token);
		return token;
	}
}

export class SignedOut extends Error {}
