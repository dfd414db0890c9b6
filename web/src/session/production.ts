import type { TokenSource } from "./tokens";

const WANTED = "lms-messages:token-wanted";
const GIVEN = "lms-messages:token";
const ANSWER_WITHIN_MS = 10_000;

/** The token that the learning platform put into the address, taken out of it at once. */
export function takeTokenFromFragment(): string | null {
	const token = new URLSearchParams(location.hash.slice(1)).get("token");
	if (token !== null) {
		history.replaceState(history.state, "", location.pathname + location.search);
	}
	return token;
}

/** The page around gave no answer, as yet: it wakes from sleep, or has no network itself. */
export class ParentIsSilent extends Error {}

/**
 * The page that embeds this one gives tokens, when asked by postMessage; `token: null` refuses.
 * Silence is no refusal.
 */
export function parentSource(parentOrigins: readonly string[]): TokenSource {
	// Of each other origin the browser complains. Not every browser tells whose page is around.
	let asked = parentOrigins.filter((origin) => origin === location.ancestorOrigins?.[0]);
	if (asked.length === 0) asked = [...parentOrigins];
	return {
		fetch: () =>
			new Promise((resolve, reject) => {
				function end(): void {
					clearTimeout(timer);
					removeEventListener("message", onMessage);
				}
				function onMessage(event: MessageEvent): void {
					if (event.source !== parent || !parentOrigins.includes(event.origin)) return;
					if (event.data?.type !== GIVEN) return;
					const { token } = event.data;
					if (typeof token !== "string" && token !== null) return;
					end();
					asked = [event.origin];
					resolve(token);
				}
				const timer = setTimeout(() => {
					end();
					reject(new ParentIsSilent());
				}, ANSWER_WITHIN_MS);
				addEventListener("message", onMessage);
				for (const origin of asked) parent.postMessage({ type: WANTED }, origin);
			}),
	};
}

export function isEmbedded(): boolean {
	return window.parent !== window;
}

/** Nobody to ask: the platform opens the page anew with another token. */
export const noSource: TokenSource = { fetch: async () => null };
