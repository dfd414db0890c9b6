import { CourseDocument } from "../../generated/operations";
import { useMessenger, useSelected } from "../context";
import { useAnswer } from "../hooks";
import type { QuestionCourse } from "./target";

/** The course that a question is about, if the address names one that the instructor teaches. */
export function useCourse(courseId: string | null, instructorId: string) {
	const { api } = useMessenger();
	const version = useSelected((state) => state.accessChanges);
	const { answer, status, again } = useAnswer(courseId, version, () =>
		api.query(CourseDocument, { id: courseId ?? "" }),
	);
	return { course: questionCourse(), again };

	function questionCourse(): QuestionCourse {
		if (courseId === null) return { kind: "none", refusal: null };
		if (status !== "ready" || answer === null) {
			return { kind: status === "failed" ? "failed" : "loading" };
		}
		const { course } = answer;
		const teaches = course?.instructors.find(({ user }) => user.id === instructorId);
		if (!course || !teaches?.mayContact) {
			return { kind: "none", refusal: teaches?.contactRefusal ?? null };
		}
		return { kind: "course", id: course.id, title: course.title };
	}
}
