import { useRef } from "react";
import type { Chat, Person } from "../../model/state";
import { texts } from "../../texts";
import { useSelected, useViewer } from "../context";
import { Blank, Failed, Loading } from "../parts/Blank";
import { mayStartChats } from "../people";
import { navigate, paths } from "../routes";
import { ChatHeader } from "./ChatHeader";
import { Closed } from "./Closed";
import { Composer } from "./Composer";
import { OutgoingItem } from "./OutgoingItem";
import { Thread } from "./Thread";
import { type QuestionCourse, targetOf } from "./target";
import { useCourse } from "./useCourse";

/** The viewer and another person: what was said, and the field or why there is none. */
export function Conversation({
	person,
	chat,
	courseId,
	onRetry,
}: {
	person: Person;
	/** Null until the first message. */
	chat: Chat | null;
	/** The course that the next message is about. */
	courseId: string | null;
	/** Reads the thread again where it could not be read; null where it could, or still may. */
	onRetry: (() => void) | null;
}) {
	const { course, again } = useCourse(courseId, person.id);
	const isOpening = useRef(true);
	const mayStart = mayStartChats(useViewer());
	const isLoaded = useSelected(
		(state) => chat !== null && (state.threads.get(chat.id)?.isLoaded ?? false),
	);
	const target = targetOf(person.id, chat, course, mayStart);
	const isClosed = (chat !== null && !chat.mayReply) || (!target && course.kind === "none");
	return (
		<>
			<ChatHeader person={person} />
			{chat === null && <Unwritten person={person} />}
			{chat !== null && isLoaded && <Thread key={chat.id} chat={chat} />}
			{chat !== null && !isLoaded && (
				<div className="thread">{onRetry ? <Failed onRetry={onRetry} /> : <Loading />}</div>
			)}
			{target && (
				<Composer
					target={target}
					person={person}
					isOpening={isOpening}
					onForgetCourse={chat && (() => navigate(paths.chat(chat.id), { replace: true }))}
				/>
			)}
			{!isClosed && course.kind === "failed" && <Failed onRetry={again} />}
			{isClosed && (
				<Closed isOpening={isOpening}>
					{texts.closedReason(reasonOf(chat, course), person.name)}
				</Closed>
			)}
		</>
	);
}

function reasonOf(chat: Chat | null, course: QuestionCourse) {
	if (chat !== null) return chat.closedReason;
	return course.kind === "none" ? (course.refusal ?? "NOT_PERMITTED") : null;
}

/** A thread without a first message yet. */
function Unwritten({ person }: { person: Person }) {
	const outbox = useSelected((state) => state.outbox);
	const outgoing = outbox.filter(({ target }) => target.peerId === person.id);
	return (
		<div className="thread">
			<section className="scroller thread-scroller" aria-label={texts.thread(person.name)}>
				<div className="thread-content">
					{outgoing.length === 0 && (
						<Blank icon="messages" title={texts.firstMessage(person.name)} />
					)}
					<ol className="thread-list">
						{outgoing.map((each) => (
							<OutgoingItem key={each.key} outgoing={each} />
						))}
					</ol>
				</div>
			</section>
		</div>
	);
}
