// Operations to begin with, for each kind of person.

import type { Role } from "../../generated/operations";
import { ADMINISTRATORS } from "./administrators";
import { EVERYBODY } from "./everybody";
import type { Group } from "./example";
import { INSTRUCTORS } from "./instructors";
import { LEARNERS } from "./learners";
import { OWNERS } from "./owners";

export const GROUPS: Group[] = [EVERYBODY, LEARNERS, INSTRUCTORS, ADMINISTRATORS, OWNERS];

/** The groups for somebody of these roles; all of them where nobody is known. */
export function groupsFor(roles: Role[] | null): Group[] {
	return GROUPS.filter(
		(group) => !roles || !group.roles || group.roles.some((role) => roles.includes(role)),
	);
}
