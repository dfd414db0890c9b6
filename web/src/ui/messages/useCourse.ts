import { useEffect, useState } from "react";
import type { RefusalReason } from "../../generated/operations";
import { CourseDocument } from "../../generated/operations";
import { useMessenger, useSelected } from "../context";

export type QuestionCourse =
	| { kind: "loading" }
	| { kind: "none"; refusal: RefusalReason | null }
	| { kind: "course"; id: string; title: string };

const LOADING: QuestionCourse = { kind: "loading" };
const NONE: QuestionCourse = { kind: "none", refusal: null };

/** The course that a question is about, if the address names one that the instructor teaches. */
export function useCourse(courseId: string | null, instructorId: string): QuestionCourse {
	const { api } = useMessenger();
	const version = useSelected((state) => state.accessChanges);
	const [course, setCourse] = useState(LOADING);
	// biome-ignore lint/correctness/useExhaustiveDependencies: what is allowed may have changed
	useEffect(() => {
		if (courseId === null) return;
		let isCurrent = true;
		api.query(CourseDocument, { id: courseId }).then(
			({ course }) => {
				const teaches = course?.instructors.find(({ user }) => user.id === instructorId);
				if (!isCurrent) return;
				if (course && teaches?.mayContact) {
					setCourse({ kind: "course", id: course.id, title: course.title });
				} else setCourse({ kind: "none", refusal: teaches?.contactRefusal ?? null });
			},
			// In a chat that is there, a message can do without.
			() => isCurrent && setCourse(NONE),
		);
		return () => {
			isCurrent = false;
		};
	}, [api, courseId, instructorId, version]);
	return courseId === null ? NONE : course;
}
