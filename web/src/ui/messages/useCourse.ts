import { useCallback, useEffect, useState } from "react";
import { CourseDocument } from "../../generated/operations";
import { useMessenger, useSelected } from "../context";
import type { QuestionCourse } from "./target";

const LOADING: QuestionCourse = { kind: "loading" };
const FAILED: QuestionCourse = { kind: "failed" };
const NONE: QuestionCourse = { kind: "none", refusal: null };

/** The course that a question is about, if the address names one that the instructor teaches. */
export function useCourse(courseId: string | null, instructorId: string) {
	const { api } = useMessenger();
	const version = useSelected((state) => state.accessChanges);
	const [last, setLast] = useState<{ of: string | null; course: QuestionCourse } | null>(null);
	const load = useCallback(() => {
		if (courseId === null) return;
		let isCurrent = true;
		api.query(CourseDocument, { id: courseId }).then(
			({ course }) => {
				const teaches = course?.instructors.find(({ user }) => user.id === instructorId);
				if (!isCurrent) return;
				const found: QuestionCourse =
					course && teaches?.mayContact
						? { kind: "course", id: course.id, title: course.title }
						: { kind: "none", refusal: teaches?.contactRefusal ?? null };
				setLast({ of: courseId, course: found });
			},
			// What is known of it is better than nothing.
			() =>
				isCurrent &&
				setLast((now) =>
					now?.of === courseId && now.course.kind !== "loading"
						? now
						: { of: courseId, course: FAILED },
				),
		);
		return () => {
			isCurrent = false;
		};
	}, [api, courseId, instructorId]);
	// biome-ignore lint/correctness/useExhaustiveDependencies: what is allowed may have changed
	useEffect(load, [load, version]);
	const again = useCallback(() => {
		setLast(null);
		load();
	}, [load]);
	const known = last?.of === courseId ? last.course : LOADING;
	return { course: courseId === null ? NONE : known, again };
}
