import { buildSchema, parse, validate } from "graphql";
import { expect, test } from "vitest";
import text from "../../../../schema.graphql?raw";
import { GROUPS, groupsFor } from "./groups";

const schema = buildSchema(text);
const examples = GROUPS.flatMap((group) => group.examples);

test.each(examples)("$title is an operation of the schema", ({ query, from }) => {
	for (const document of from ? [query, from.query] : [query]) {
		expect(validate(schema, parse(document))).toEqual([]);
	}
});

test("nobody is shown what only others may", () => {
	const titles = (...roles: Parameters<typeof groupsFor>[0] & object) =>
		groupsFor(roles).map((group) => group.title);
	expect(titles("LEARNER")).toEqual(["Everybody", "Learners"]);
	expect(titles("INSTRUCTOR", "LEARNER")).toEqual(["Everybody", "Learners", "Instructors"]);
	expect(titles("DEPARTMENT_ADMIN")).toEqual(["Everybody", "Administrators"]);
	expect(groupsFor(null)).toEqual(GROUPS);
});
