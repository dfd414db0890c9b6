// Signing in as somebody of the sample organisation. Served in the demo only.

import { chosenPerson, type DemoPerson } from "../session/demo";

export interface DemoSession {
	person: DemoPerson;
	token: string;
	expiresInSeconds: number;
}

/** Signs in, and remembers whom for this window. Throws where the person may not. */
export async function signIn(person: DemoPerson): Promise<DemoSession> {
	const response = await fetch("/demo/sign-in", {
		method: "POST",
		headers: { "Content-Type": "application/json" },
		body: JSON.stringify({ sourceId: person.sourceId }),
	});
	const answer = await response.json();
	if (!response.ok) throw new Error(answer.errors[0].message);
	chosenPerson.set(person.sourceId);
	return { person, ...answer };
}

/** Whom this window was last, here or in Messages, else the first. */
export function lastChosen(people: DemoPerson[]): DemoPerson | undefined {
	const sourceId = chosenPerson.get();
	return people.find((person) => person.sourceId === sourceId) ?? people[0];
}
