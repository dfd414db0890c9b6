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
 * What a person is, as far as the viewer can know it; "" where they cannot.
 *
 * The API tells the account-wide role, in which an instructor counts as a learner. But whom a mere
 * learner has to do with, and who does not administer, teaches; whom a mere instructor has to do
 * with learns. To others it tells the department instead.
 */
export function roleOf(person: Person & { department?: string | null }, viewer: Viewer): string {
	if (person.role !== "LEARNER") return texts.roles[person.role];
	const isInstructor = viewer.roles.includes("INSTRUCTOR");
	const isLearner = viewer.roles.includes("LEARNER");
	if (viewer.roles.length === 1 && isLearner) return texts.roles.INSTRUCTOR;
	if (viewer.roles.length === 1 && isInstructor) return texts.roles.LEARNER;
	return person.department ?? "";
}
