import type { RefusalReason } from "../../generated/operations";
import type { Chat, Target } from "../../model/state";

export type QuestionCourse =
	| { kind: "loading" }
	| { kind: "failed" }
	| { kind: "none"; refusal: RefusalReason | null }
	| { kind: "course"; id: string; title: string };

/**
 * Where the next message goes; null where there is nothing to write in, also while the course is
 * not known: a question that is sent too early would lose it.
 */
export function targetOf(
	peerId: string,
	chat: Pick<Chat, "id" | "mayReply"> | null,
	course: QuestionCourse,
	mayStart: boolean,
): Target | null {
	if (chat !== null && !chat.mayReply) return null;
	switch (course.kind) {
		case "loading":
		case "failed":
			return null;
		case "course":
			return { kind: "contact", peerId, courseId: course.id, courseTitle: course.title };
		case "none":
			if (chat !== null) return { kind: "chat", peerId, conversationId: chat.id };
			return mayStart ? { kind: "start", peerId } : null;
	}
}
