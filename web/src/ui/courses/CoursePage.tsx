import { CourseDocument, type CoursePartsFragment } from "../../generated/operations";
import { isolated } from "../../isolated";
import { texts } from "../../texts";
import { useMessenger } from "../context";
import { useAnswer } from "../hooks";
import { Avatar } from "../parts/Avatar";
import { Blank, Failed, Loading } from "../parts/Blank";
import { Icon } from "../parts/Icon";
import { Link } from "../parts/Link";
import { paths } from "../routes";
import { usePageTitle, useVersion } from "../usePage";

type Instructor = CoursePartsFragment["instructors"][number];

/** A course and whoever teaches it; whom one may ask, one can contact. */
export function CoursePage({ courseId }: { courseId: string }) {
	const { api } = useMessenger();
	const { answer, status, again } = useAnswer(courseId, useVersion(), () =>
		api.query(CourseDocument, { id: courseId }),
	);
	const course = answer?.course;
	usePageTitle(course ? isolated(course.title) : texts.course);
	return (
		<main id="content" className="page" tabIndex={-1}>
			<Link className="page-back" href={paths.courses}>
				<Icon name="back" />
				{texts.courses}
			</Link>
			{status === "loading" && <Loading />}
			{status === "failed" && <Failed onRetry={again} />}
			{course === null && <Blank title={texts.nothingHere} hint={texts.nothingHereHint} />}
			{course && <Content course={course} />}
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
