import { useState } from "react";
import {
	AssignInstructorDocument,
	type CoursePartsFragment,
	CoursesDocument,
	UnassignInstructorDocument,
	UsersDocument,
} from "../../generated/operations";
import { texts } from "../../texts";
import { useMessenger } from "../context";
import { usePaged, useSettled } from "../hooks";
import { Blank } from "../parts/Blank";
import { Icon } from "../parts/Icon";
import { Link } from "../parts/Link";
import { MoreOf } from "../parts/MoreOf";
import { PersonRow } from "../parts/PersonRow";
import { SearchField } from "../parts/SearchField";
import { paths } from "../routes";
import { useVersion } from "../usePage";
import { attempt } from "./attempt";

/** Who teaches which course. */
export function TeachingSection() {
	const { api } = useMessenger();
	const courses = usePaged("", useVersion(), async (after) => {
		const { courses } = await api.query(CoursesDocument, { after });
		return { items: courses.edges.map(({ node }) => node), ...courses.pageInfo };
	});
	const replace = (course: CoursePartsFragment) =>
		courses.replace(({ id }) => id === course.id, course);
	return (
		<section aria-labelledby="teaching">
			<h2 id="teaching">{texts.courses}</h2>
			<ul className="teaching-list" aria-label={texts.courses}>
				{courses.items.map((course) => (
					<li key={course.id} className="card teaching">
						<TaughtCourse course={course} onChange={replace} />
					</li>
				))}
			</ul>
			<MoreOf list={courses}>
				<Blank icon="course" title={texts.noCourses} />
			</MoreOf>
		</section>
	);
}

interface CourseProps {
	course: CoursePartsFragment;
	onChange: (course: CoursePartsFragment) => void;
}

function TaughtCourse({ course, onChange }: CourseProps) {
	const { api } = useMessenger();
	const [isAssigning, setAssigning] = useState(false);

	async function change(
		document: typeof AssignInstructorDocument | typeof UnassignInstructorDocument,
		userId: string,
	): Promise<void> {
		const input = { courseId: course.id, userId };
		const payload = await attempt(api.mutate(document, { input }));
		if (payload?.course) onChange(payload.course);
	}

	return (
		<>
			<h3 className="teaching-title" dir="auto">
				<Link href={paths.course(course.id)}>{course.title}</Link>
			</h3>
			{course.instructors.length === 0 && <p className="hint">{texts.noInstructors}</p>}
			<ul className="people-list" aria-label={texts.instructors}>
				{course.instructors.map(({ user }) => (
					<li key={user.id} className="people-item">
						<PersonRow person={user} role={texts.roles.INSTRUCTOR} />
						<button
							type="button"
							className="button"
							aria-label={texts.unassignNamed(user.name)}
							onClick={() => void change(UnassignInstructorDocument, user.id)}
						>
							{texts.unassign}
						</button>
					</li>
				))}
			</ul>
			<button
				type="button"
				className="button"
				aria-expanded={isAssigning}
				onClick={() => setAssigning(!isAssigning)}
			>
				<Icon name="plus" />
				{texts.assignInstructor}
			</button>
			{isAssigning && (
				<Candidates
					taughtBy={new Set(course.instructors.map(({ user }) => user.id))}
					onPick={(userId) => void change(AssignInstructorDocument, userId)}
				/>
			)}
		</>
	);
}

/** Active people only (A4). */
function Candidates({
	taughtBy,
	onPick,
}: {
	taughtBy: ReadonlySet<string>;
	onPick: (userId: string) => void;
}) {
	const { api } = useMessenger();
	const [search, setSearch] = useState("");
	const name = useSettled(search.trim());
	const people = usePaged(name, useVersion(), async (after) => {
		const variables = { search: name || null, status: "ACTIVE" as const, after };
		const { users } = await api.query(UsersDocument, variables);
		return { items: users.edges.map(({ node }) => node), ...users.pageInfo };
	});
	return (
		<div className="candidates">
			<SearchField label={texts.searchPeople} value={search} onChange={setSearch} />
			<div className="scroller candidates-scroller">
				<ul className="people-list" aria-label={texts.people}>
					{people.items
						.filter(({ id }) => !taughtBy.has(id))
						.map((user) => (
							<li key={user.id} className="people-item">
								<PersonRow person={user} />
								<button
									type="button"
									className="button"
									aria-label={texts.assignNamed(user.name)}
									onClick={() => onPick(user.id)}
								>
									{texts.assign}
								</button>
							</li>
						))}
				</ul>
				<MoreOf list={people}>
					<Blank title={texts.noRecipients} />
				</MoreOf>
			</div>
		</div>
	);
}
