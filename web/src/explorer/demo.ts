// Being somebody of the sample organisation. Served in the demo only.

import type { Role } from "../generated/operations";
import { chosenPerson, type DemoPerson, demoSource } from "../session/demo";
import { Session, SignedOut } from "../session/tokens";
import { ask } from "./ask";

/** Somebody who is signed in, with the token of this moment. */
export interface SignedIn {
	person: DemoPerson;
	token: string;
	roles: Role[];
}

/**
 * Signs in, and remembers whom for this window. Tells it again with each renewed token, and in a
 * sentence what is the matter where there is none. What it returns ends it.
 */
export function signIn(
	person: DemoPerson,
	onSignedIn: (signedIn: SignedIn) => void,
	onFault: (fault: string) => void,
): () => void {
	let hasEnded = false;
	let known: Role[] | null = null;

	async function tell(token: string): Promise<void> {
		try {
			const roles = await rolesOf(token).catch((error) => known ?? Promise.reject(error));
			if (hasEnded) return;
			known = roles;
			onSignedIn({ person, token, roles });
		} catch (error) {
			if (!hasEnded) onFault(String(error));
		}
	}

	const session = new Session(demoSource(person.sourceId), {
		onHolder: () => chosenPerson.set(person.sourceId),
		onToken: (token) => void tell(token),
		onAnother: () => undefined,
		onEnd: () => onFault(`${person.name} cannot sign in at the moment.`),
	});
	session.token().catch((error) => {
		if (!(error instanceof SignedOut)) onFault(String(error));
	});
	return () => {
		hasEnded = true;
		session.close();
	};
}

async function rolesOf(token: string): Promise<Role[]> {
	const { viewer } = await ask<{ viewer: { roles: Role[] } }>("{ viewer { roles } }", {
		Authorization: `Bearer ${token}`,
	});
	return viewer.roles;
}

/** Whom this window was last, here or in Messages, else the first. */
export function lastChosen(people: DemoPerson[]): DemoPerson | undefined {
	const sourceId = chosenPerson.get();
	return people.find((person) => person.sourceId === sourceId) ?? people[0];
}
