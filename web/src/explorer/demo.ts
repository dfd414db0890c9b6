// The people of the sample organisation, and signing in as one of them. Served in the demo only.

export interface Person {
	sourceId: string;
	name: string;
	description: string;
}

export interface Session {
	person: Person;
	token: string;
	expiresInSeconds: number;
}

const CHOSEN = "lms-messages:person";

export async function people(): Promise<Person[]> {
	const response = await fetch("/demo/people");
	if (!response.ok) throw new Error(`The demo's people: ${response.status}`);
	return response.json();
}

/** Signs in, and remembers whom for this window. Throws where the person may not. */
export async function signIn(person: Person): Promise<Session> {
	const response = await fetch("/demo/sign-in", {
		method: "POST",
		headers: { "Content-Type": "application/json" },
		body: JSON.stringify({ sourceId: person.sourceId }),
	});
	const answer = await response.json();
	if (!response.ok) throw new Error(answer.errors[0].message);
	sessionStorage.setItem(CHOSEN, person.sourceId);
	return { person, ...answer };
}

/** Whom this window was last, else the first. */
export function lastChosen(all: Person[]): Person | undefined {
	const sourceId = sessionStorage.getItem(CHOSEN);
	return all.find((person) => person.sourceId === sourceId) ?? all[0];
}
