import { useCallback, useEffect, useState } from "react";
import type { Chat, Target } from "../../model/state";
import { texts } from "../../texts";
import { useMessenger, useSelected } from "../context";
import { Blank, Failed, Loading } from "../parts/Blank";
import { Link } from "../parts/Link";
import { navigate, paths } from "../routes";
import { ChatHeader } from "./ChatHeader";
import { Closed } from "./Closed";
import { Composer } from "./Composer";
import { Thread } from "./Thread";
import { useCourse } from "./useCourse";

/** The open chat. With a course in the address, what is written next is a question about it. */
export function ChatPane({ chatId, courseId }: { chatId: string; courseId: string | null }) {
	const { status, again } = useOpenChat(chatId);
	const chat = useSelected((state) => state.chats.get(chatId));
	const isLoaded = useSelected((state) => state.threads.get(chatId)?.isLoaded ?? false);

	if (chat && isLoaded) return <OpenChat chat={chat} courseId={courseId} />;
	if (status === "missing") {
		return (
			<Blank title={texts.nothingHere} hint={texts.nothingHereHint}>
				<Link className="button" href={paths.messages}>
					{texts.toMessages}
				</Link>
			</Blank>
		);
	}
	return (
		<>
			{chat ? <ChatHeader person={chat.peer} /> : null}
			{status === "failed" ? <Failed onRetry={again} /> : <Loading />}
		</>
	);
}

function OpenChat({ chat, courseId }: { chat: Chat; courseId: string | null }) {
	const { peer } = chat;
	const course = useCourse(courseId, peer.id);
	const target: Target =
		course.kind === "course"
			? { kind: "contact", peerId: peer.id, courseId: course.id, courseTitle: course.title }
			: { kind: "chat", peerId: peer.id, conversationId: chat.id };

	return (
		<>
			<ChatHeader person={peer} />
			<Thread chat={chat} />
			{chat.mayReply ? (
				<Composer
					target={target}
					person={peer}
					onForgetCourse={() => navigate(paths.chat(chat.id), { replace: true })}
				/>
			) : (
				<Closed>{texts.closedReason(chat.closedReason, peer.name)}</Closed>
			)}
		</>
	);
}

/** Reads the chat when it is opened, and again when everything was read anew. */
function useOpenChat(chatId: string) {
	const messenger = useMessenger();
	const readings = useSelected((state) => state.readings);
	const [status, setStatus] = useState<"loading" | "found" | "missing" | "failed">("loading");
	const again = useCallback(() => {
		setStatus("loading");
		let isCurrent = true;
		messenger.openChat(chatId).then(
			(found) => isCurrent && setStatus(found),
			() => isCurrent && setStatus("failed"),
		);
		return () => {
			isCurrent = false;
		};
	}, [messenger, chatId]);
	// biome-ignore lint/correctness/useExhaustiveDependencies: another reading may have dropped it
	useEffect(again, [again, readings]);
	useEffect(() => () => messenger.closeChat(chatId), [messenger, chatId]);
	return { status, again };
}
