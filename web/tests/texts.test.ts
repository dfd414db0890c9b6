import { buildSchema, type GraphQLEnumType } from "graphql";
import { expect, test } from "vitest";
import schema from "../../schema.graphql?raw";
import type { RefusalReason } from "../src/generated/operations";
import { isolated } from "../src/isolated";
import { texts } from "../src/texts";
import { initialsOf } from "../src/ui/format";

const FSI = "\u2068";
const PDI = "\u2069";
const RLO = "\u202e";
const RLI = "\u2067";

/** How deep in isolates a text is at its end; -1 where one was closed that had not begun. */
function depthOf(text: string): number {
	let depth = 0;
	for (const character of text) {
		if (character >= "\u2066" && character <= FSI) depth += 1;
		else if (character === PDI) depth -= 1;
		if (depth < 0) return depth;
	}
	return depth;
}

test("A name stands in an isolate of its own.", () => {
	expect(isolated("שירה")).toBe(`${FSI}שירה${PDI}`);
	expect(isolated(`a ${RLI}ב${PDI}`)).toBe(`${FSI}a ${RLI}ב${PDI}${PDI}`);
});

test.each([
	`${PDI}${RLO}name`,
	`${RLI}${RLI}name`,
	`${PDI}${RLI}name${PDI}${PDI}${FSI}`,
	`first${RLO}\nsecond`,
	`first\u2029${RLO}second`,
])("Nothing in a name ends its isolate, or goes on after it: %j", (name) => {
	const shown = isolated(name);
	expect(shown.startsWith(FSI)).toBe(true);
	expect(depthOf(shown.slice(0, -1))).toBe(1);
	expect(depthOf(shown)).toBe(0);
	// The end of a paragraph ends all isolates.
	expect(shown).not.toMatch(/[\p{Cc}\u2029]/u);
});

const NAME = "\u202eName\u2069";
const WHOLE = isolated(NAME);

const GIVEN: Record<string, unknown[][]> = {
	titleOf: [[NAME, "Messages"]],
	instructorNames: [[[NAME, NAME]]],
	closedReason: ["PEER_REMOVED", "PEER_DEACTIVATED", "NO_LONGER_PERMITTED", "NOT_PERMITTED"].map(
		(reason) => [reason, NAME],
	),
};
/** A number, a reason, or a title that is made of another of the texts. */
const WITHOUT_NAMES = ["unread", "charactersLeft", "contactRefused", "title"];

test.each(
	Object.entries(texts).filter(
		([key, text]) => typeof text === "function" && !WITHOUT_NAMES.includes(key),
	),
)("Every name in %s is isolated.", (key, text) => {
	for (const given of GIVEN[key] ?? [[NAME, NAME]]) {
		const said = (text as (...given: unknown[]) => string)(...given);
		expect(said).toContain(WHOLE);
		expect(said.replaceAll(WHOLE, "")).not.toContain(RLO);
		expect(depthOf(said)).toBe(0);
	}
});

test.each([
	["Ada Byron", "AB"],
	["שירה", "ש"],
	[`${RLO}ada ${RLI}${PDI}byron`, "AB"],
	[`${RLO}${PDI}`, ""],
	["क्षमा", "क्ष"],
	["👩‍👩‍👧‍👦 Family", "👩‍👩‍👧‍👦F"],
])("The initials of %j are %j.", (name, initials) => {
	expect(initialsOf(name)).toBe(initials);
});

test("Initials carry no tower of marks.", () => {
	const tower = `Z${"\u0301\u0489".repeat(200)}`;
	expect(initialsOf(`${tower} ${tower}`)).toBe("Z\u0301\u0489\u0301".repeat(2));
	expect(initialsOf(`Z${"\u200d\u0301".repeat(200)}`).length).toBeLessThanOrEqual(12);
});

/** What the texts of a reason say, of a closed chat and of an instructor. */
const SAID: Record<RefusalReason, [closed: RegExp, contact: RegExp]> = {
	SELF: [/you\./, /you\./],
	MESSAGING_OFF: [/messaging is turned off/i, /messaging is turned off/i],
	PEER_REMOVED: [/has left/, /has left/i],
	PEER_DEACTIVATED: [/not active/, /not active/i],
	INSTRUCTOR_UNASSIGNED: [/no longer teaches/, /no longer teaches/i],
	NOT_ENROLLED: [/learners of the course/i, /learners of this course/i],
	NO_LONGER_PERMITTED: [/can no longer write/, /can no longer write/],
	NOT_PERMITTED: [/cannot write/, /cannot write/],
};

test("Each reason of the schema has a text of its own (W2).", () => {
	const known = buildSchema(schema).getType("RefusalReason") as GraphQLEnumType;
	const reasons = known.getValues().map(({ name }) => name as RefusalReason);
	expect(reasons.sort()).toEqual(Object.keys(SAID).sort());
	for (const reason of reasons) {
		const [closed, contact] = SAID[reason];
		expect(texts.closedReason(reason, "Ada")).toMatch(closed);
		expect(texts.contactRefused(reason)).toMatch(contact);
	}
	expect(new Set(reasons.map((reason) => texts.closedReason(reason, "Ada"))).size).toBe(
		reasons.length,
	);
	expect(new Set(reasons.map((reason) => texts.contactRefused(reason))).size).toBe(reasons.length);
});
