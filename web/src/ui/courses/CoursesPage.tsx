import { CoursesDocument } from "../../generated/operations";
import { texts } from "../../texts";
import { useMessenger } from "../context";
import { usePaged } from "../hooks";
import { Avatar } from "../parts/Avatar";
import { Blank } from "../parts/Blank";
import { Link } from "../parts/Link";
import { MoreOf } from "../parts/MoreOf";
import { paths } from "../routes";
import { usePageTitle, useVersion } from "../usePage";

/** The courses that the viewer studies, teaches or administers. */
export function CoursesPage() {
	const { api } = useMessenger();
	usePageTitle(texts.courses);
	const courses = usePaged("", useVersion(), async (after) => {
		const { courses } = await api.query(CoursesDocument, { after });
		return { items: courses.edges.map(({ node }) => node), ...courses.pageInfo };
	});
	return (
		<main id="content" className="page" tabIndex={-1}>
			<h1>{texts.courses}</h1>
			<ul className="course-list" aria-label={texts.courses}>
				{courses.items.map(({ id, title, instructors }) => (
					<li key={id}>
						<Link className="card course-card" href={paths.course(id)}>
							<span className="course-title" dir="auto">
								{title}
							</span>
							<span className="course-people">
								<span className="avatar-row">
									{instructors.slice(0, 4).map(({ user }) => (
										<Avatar key={user.id} person={user} size="small" />
									))}
								</span>
								<span className="course-names">
									{instructors.length > 0
										? texts.instructorNames(instructors.map(({ user }) => user.name))
										: texts.noInstructors}
								</span>
							</span>
						</Link>
					</li>
				))}
			</ul>
			<MoreOf list={courses}>
				<Blank icon="course" title={texts.noCourses} hint={texts.noCoursesHint} />
			</MoreOf>
		</main>
	);
}
