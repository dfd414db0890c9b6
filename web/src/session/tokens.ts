/** What a token says of itself. The server checks it; the page only reads along. */
function claimsOf(token: string): { exp?: unknown; sub?: unknown; account?: unknown } {
	try {
		const payload = token.split(".")[1] ?? "";
		return JSON.parse(atob(payload.replaceAll("-", "+").replaceAll("_", "/")));
	} catch {
		return {};
	}
}

export function expiryOf(token: string): number {
	const { exp } = claimsOf(token);
	return typeof exp === "number" ? exp * 1000 : Number.POSITIVE_INFINITY;
}

/** Whose token it is: a person's id, which holds within an account. */
export function subjectOf(token: string): string {
	const { sub, account } = claimsOf(token);
	return JSON.stringify([account, sub]);
}

/** Where tokens come from. */
export interface TokenSource {
	/** A new token, or null where there is none to be had. */
	fetch(): Promise<string | null>;
}

/** A token is renewed this long before it ends. */
const EARLY_MS = 30_000;

/**
 * Holds the token of the person who is signed in, in memory only, and renews it.
 *
 * Whoever needs a token asks here each time; several who ask at once share one renewal.
 */
export class Session {
	#token: string | null;
	#renewal: Promise<string> | null = null;

	constructor(
		private readonly source: TokenSource,
		private readonly onEnd: () => void,
		token: string | null = null,
	) {
		this.#token = token;
	}

	/** A token that is not the refused one. Throws SignedOut where there is none. */
	async token(refused: string | null = null): Promise<string> {
		const token = this.#token;
		if (token !== null && token !== refused && expiryOf(token) - EARLY_MS > Date.now()) {
			return token;
		}
		try {
			this.#renewal ??= this.#renew(refused).finally(() => {
				this.#renewal = null;
			});
			return await this.#renewal;
		} catch (error) {
			// The old one may still do for a moment, while the place of new ones is out of reach.
			if (token !== null && token !== refused && expiryOf(token) > Date.now()) return token;
			throw error;
		}
	}

	/** Whose token it holds; null where there is none. */
	get holder(): string | null {
		return this.#token === null ? null : subjectOf(this.#token);
	}

	/** Takes a token that came unasked. */
	accept(token: string): void {
		this.#token = token;
	}

	/** The server knows this person no more. */
	end(): void {
		this.#token = null;
		this.onEnd();
	}

	async #renew(refused: string | null): Promise<string> {
		const token = await this.source.fetch();
		if (token === null) {
			const last = this.#token;
			if (last === null || last === refused || expiryOf(last) <= Date.now()) this.end();
			throw new SignedOut();
		}
		this.#token = token;
		return token;
	}
}

export class SignedOut extends Error {}
