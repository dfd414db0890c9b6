import { useCallback, useEffect, useState } from "react";
import { PersonDocument } from "../../generated/operations";
import type { Person, Target } from "../../model/state";
import { texts } from "../../texts";
import { useMessenger, useSelected, useViewer } from "../context";
import { Blank, Failed, Loading } from "../parts/Blank";
import { mayStartChats } from "../people";
import { navigate, paths } from "../routes";
import { ChatHeader } from "./ChatHeader";
import { Closed } from "./Closed";
import { Composer } from "./Composer";
import { OutgoingItem } from "./OutgoingItem";
import { type QuestionCourse, useCourse } from "./useCourse";

type Found = Person | "loading" | "missing" | "failed";

/** A chat that begins with the first message. */
export function NewChatPane({ personId, courseId }: { personId: string; courseId: string | null }) {
	const { api } = useMessenger();
	const [person, setPerson] = useState<Found>("loading");
	const load = useCallback(() => {
		setPerson("loading");
		api.query(PersonDocument, { id: personId }).then(
			({ node }) => {
				if (node?.__typename !== "User") return setPerson("missing");
				// There is a chat with them: it goes on there.
				if (node.conversation) {
					navigate(paths.chat(node.conversation.id, courseId ?? undefined), { replace: true });
				} else setPerson(node);
			},
			() => setPerson("failed"),
		);
	}, [api, personId, courseId]);
	useEffect(load, [load]);

	if (person === "loading") return <Loading />;
	if (person === "failed") return <Failed onRetry={load} />;
	if (person === "missing") return <Blank title={texts.nothingHere} hint={texts.nothingHereHint} />;
	return <FirstMessage person={person} courseId={courseId} />;
}

function FirstMessage({ person, courseId }: { person: Person; courseId: string | null }) {
	const course = useCourse(courseId, person.id);
	const outbox = useSelected((state) => state.outbox);
	const outgoing = outbox.filter(({ target }) => target.peerId === person.id);
	const mayStart = mayStartChats(useViewer());
	const target = targetOf(person, course, mayStart);
	return (
		<>
			<ChatHeader person={person} />
			<div className="thread">
				<section className="thread-scroller" aria-label={texts.thread(person.name)}>
					<div className="thread-content">
						{outgoing.length === 0 && (
							<Blank title={texts.emptyChat} hint={texts.startOfChat(person.name)} />
						)}
						<ol className="thread-list">
							{outgoing.map((each) => (
								<OutgoingItem key={each.key} outgoing={each} />
							))}
						</ol>
					</div>
				</section>
			</div>
			{target && <Composer target={target} person={person} onForgetCourse={null} />}
			{!target && course.kind === "none" && (
				<Closed>{texts.closedReason(course.refusal ?? "NOT_PERMITTED", person.name)}</Closed>
			)}
		</>
	);
}

function targetOf(person: Person, course: QuestionCourse, mayStart: boolean): Target | null {
	if (course.kind === "course") {
		return { kind: "contact", peerId: person.id, courseId: course.id, courseTitle: course.title };
	}
	return mayStart && course.kind === "none" ? { kind: "start", peerId: person.id } : null;
}
