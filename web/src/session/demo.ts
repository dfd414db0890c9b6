import type { TokenSource } from "./tokens";

/** Somebody of the sample organisation. */
export interface DemoPerson {
	sourceId: string;
	name: string;
	photoUrl: string | null;
	description: string;
}

const CHOSEN = "lms-messages-demo-person";

/** Each window has its own person, kept when it is loaded again. */
export const chosenPerson = {
	get: (): string | null => sessionStorage.getItem(CHOSEN),
	set: (sourceId: string): void => sessionStorage.setItem(CHOSEN, sourceId),
	forget: (): void => sessionStorage.removeItem(CHOSEN),
};

export async function fetchPeople(): Promise<DemoPerson[]> {
	const response = await fetch("/demo/people");
	if (!response.ok) throw new Error(`/demo/people answered ${response.status}`);
	return (await response.json()) as DemoPerson[];
}

export function demoSource(sourceId: string): TokenSource {
	return {
		async fetch() {
			const response = await fetch("/demo/sign-in", {
				method: "POST",
				headers: { "Content-Type": "application/json" },
				body: JSON.stringify({ sourceId }),
			});
			// Whom the demo does not know, it will not know later either.
			if (response.status >= 400 && response.status < 500) return null;
			if (!response.ok) throw new Error(`/demo/sign-in answered ${response.status}`);
			return ((await response.json()) as { token: string }).token;
		},
	};
}
