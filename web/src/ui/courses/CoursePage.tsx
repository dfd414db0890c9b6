import { useCallback, useEffect, useState } from "react";
import { CourseDocument, type CoursePartsFragment } from "../../generated/operations";
import { isolated } from "../../isolated";
import { texts } from "../../texts";
import { useMessenger } from "../context";
import { Avatar } from "../parts/Avatar";
import { Blank, Failed, Loading } from "../parts/Blank";
import { Icon } from "../parts/Icon";
import { Link } from "../parts/Link";
import { paths } from "../routes";
import { usePageTitle, useVersion } from "../usePage";

type Instructor = CoursePartsFragment["instructors"][number];

/** A course and whoever teaches it; whom one may ask, one can contact. */
export function CoursePage({ courseId }: { courseId: string }) {
	const { course, load } = useCourseOf(courseId);
	usePageTitle(typeof course === "object" ? isolated(course.title) : texts.course);
	return (
		<main id="content" className="page" tabIndex={-1}>
			<Link className="page-back" href={paths.courses}>
				<Icon name="back" />
				{texts.courses}
			</Link>
			{course === "loading" && <Loading />}
			{course === "failed" && <Failed onRetry={load} />}
			{course === "missing" && <Blank title={texts.nothingHere} hint={texts.nothingHereHint} />}
			{typeof course === "object" && <Content course={course} />}
		</main>
	);
}

function Content({ course }: { course: CoursePartsFragment }) {
	return (
		<>
			<h1 dir="auto">{course.title}</h1>
			<section aria-labelledby="instructors">
				<h2 id="instructors">{texts.instructors}</h2>
				{course.instructors.length === 0 && <p className="hint">{texts.noInstructors}</p>}
				<ul className="instructor-list">
					{course.instructors.map((instructor) => (
						<li key={instructor.user.id} className="card instructor">
							<InstructorCard courseId={course.id} instructor={instructor} />
						</li>
					))}
				</ul>
			</section>
		</>
	);
}

function InstructorCard({ courseId, instructor }: { courseId: string; instructor: Instructor }) {
	const { user, mayContact, contactRefusal } = instructor;
	const { conversation } = user;
	return (
		<>
			<Avatar person={user} size="large" />
			<div className="instructor-words">
				<h3 className="instructor-name" dir="auto">
					{user.name}
				</h3>
				<p className="hint">{texts.roles.INSTRUCTOR}</p>
				{mayContact ? (
					<Link
						className="button button-primary"
						aria-label={texts.contactInstructorNamed(user.name)}
						href={
							conversation
								? paths.chat(conversation.id, courseId)
								: paths.chatWith(user.id, courseId)
						}
					>
						{texts.contactInstructor}
					</Link>
				) : (
					contactRefusal !== "SELF" && (
						<p className="hint">{texts.contactRefused(contactRefusal)}</p>
					)
				)}
			</div>
		</>
	);
}

function useCourseOf(courseId: string) {
	const { api } = useMessenger();
	const version = useVersion();
	const [course, setCourse] = useState<CoursePartsFragment | "loading" | "failed" | "missing">(
		"loading",
	);
	const load = useCallback(() => {
		let isCurrent = true;
		api.query(CourseDocument, { id: courseId }).then(
			({ course }) => isCurrent && setCourse(course ?? "missing"),
			// What is on the screen is better than nothing.
			() => isCurrent && setCourse((now) => (typeof now === "object" ? now : "failed")),
		);
		return () => {
			isCurrent = false;
		};
	}, [api, courseId]);
	// biome-ignore lint/correctness/useExhaustiveDependencies: what is allowed may have changed
	useEffect(load, [load, version]);
	return { course, load };
}
