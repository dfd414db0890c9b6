import { expect, test } from "vitest";
import { targetOf } from "../src/ui/messages/target";

const OPEN = { id: "c1", mayReply: true };
const CLOSED = { id: "c1", mayReply: false };
const COURSE = { kind: "course", id: "k1", title: "Mechanics" } as const;
const NONE = { kind: "none", refusal: null } as const;

test.each(["loading", "failed"] as const)(
	"While the course is %s nothing is sent without it.",
	(kind) => {
		for (const chat of [OPEN, null]) expect(targetOf("peer", chat, { kind }, true)).toBeNull();
	},
);

test("A question names its course, in a chat that is there and in a new one (S3).", () => {
	for (const chat of [OPEN, null]) {
		expect(targetOf("peer", chat, COURSE, false)).toMatchObject({
			kind: "contact",
			courseId: "k1",
		});
	}
});

test("Without a course it goes to the chat, or starts one where that is allowed (S4, W2).", () => {
	expect(targetOf("peer", OPEN, NONE, false)).toMatchObject({ kind: "chat", conversationId: "c1" });
	expect(targetOf("peer", null, NONE, true)).toMatchObject({ kind: "start" });
	expect(targetOf("peer", null, NONE, false)).toBeNull();
	expect(targetOf("peer", CLOSED, COURSE, true)).toBeNull();
});
