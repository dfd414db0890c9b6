import { isolated } from "../isolated";
import type { Person, Viewer } from "../model/state";
import { texts } from "../texts";

export function isAdministrator({ roles }: Viewer): boolean {
	return roles.includes("OWNER") || roles.includes("ACCOUNT_ADMIN");
}

/** Whoever may start chats (S1, S2). */
export function mayStartChats(viewer: Viewer): boolean {
	return isAdministrator(viewer) || viewer.roles.includes("DEPARTMENT_ADMIN");
}

/** The department, to stand in a line with other words; "" where it is not told. */
export function departmentOf({ department }: Person): string {
	return department === null ? "" : isolated(department);
}

/**
 * What a person is, as far as the viewer can know it; "" where they cannot.
 *
 * The API tells the account-wide role, in which an instructor counts as a learner. Those who do not
 * administer have to do with learners where they teach, and else with instructors only. To
 * administrators it tells the department instead.
 */
export function roleOf(person: Person, viewer: Viewer): string {
	if (person.role !== "LEARNER") return texts.roles[person.role];
	if (mayStartChats(viewer)) return departmentOf(person);
	return viewer.roles.includes("INSTRUCTOR") ? texts.roles.LEARNER : texts.roles.INSTRUCTOR;
}
