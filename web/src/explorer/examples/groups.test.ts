import { buildSchema, getVariableValues, Kind, parse, validate } from "graphql";
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

/** Enough for every example, and nothing for any. */
const PLENTY = {
	conversations: listOf({
		id: "c",
		mayReply: true,
		lastMessage: { id: "m", seq: 1, isMine: true },
	}),
	courses: listOf({ id: "k", instructors: [{ user: { id: "i" }, mayContact: true }] }),
	recipients: listOf({ id: "p" }),
	users: listOf({ id: "l", role: "LEARNER" }),
};
const NOTHING = {
	conversations: listOf(),
	courses: listOf(),
	recipients: listOf(),
	users: listOf(),
};

function listOf(...nodes: object[]) {
	return { edges: nodes.map((node) => ({ node })) };
}

const operationsOf = (query: string) =>
	parse(query).definitions.filter((each) => each.kind === Kind.OPERATION_DEFINITION);

test.each(examples)("$title finds the variables that it needs, or says why not", (example) => {
	const { query, from } = example;
	for (const { variableDefinitions = [] } of operationsOf(query)) {
		const found = { ...(from?.variables(PLENTY) ?? {}) };
		expect(getVariableValues(schema, variableDefinitions, found).errors).toBeUndefined();
		expect(variableDefinitions.length > 0).toBe(from !== undefined);
	}
	if (from && from.variables(NOTHING) === null) expect(from.otherwise).not.toBe("");
});

test("nobody is shown what only others may", () => {
	const titles = (...roles: Parameters<typeof groupsFor>[0] & object) =>
		groupsFor(roles).map((group) => group.title);
	expect(titles("LEARNER")).toEqual(["Everybody", "Learners"]);
	expect(titles("INSTRUCTOR", "LEARNER")).toEqual(["Everybody", "Learners", "Instructors"]);
	expect(titles("DEPARTMENT_ADMIN")).toEqual(["Everybody", "Administrators"]);
	expect(groupsFor(null)).toEqual(GROUPS);
});
