import type { Person, Viewer } from "../model/state";
import { texts } from "../texts";

export function isAdministrator({ roles }: Viewer): boolean {
	return roles.includes("OWNER") || roles.includes("ACCOUNT_ADMIN");
}

/** Whoever may start chats (S1, S2). */
export function mayStartChats(viewer: Viewer): boolean {
	return isAdministrator(viewer) || viewer.roles.includes("DEPARTMENT_ADMIN");
}

/**
 * What a person is, as far as the viewer can know it. The API gives the account-wide role, in which
 * an instructor is a learner; but whom a mere learner has to do with is none.
 */
export function roleOf(person: Person, viewer: Viewer): string {
	const isMereLearner = viewer.roles.length === 1 && viewer.roles[0] === "LEARNER";
	const isPeer = person.id !== viewer.user.id;
	if (person.role === "LEARNER" && isMereLearner && isPeer) return texts.roles.INSTRUCTOR;
	return texts.roles[person.role];
}
