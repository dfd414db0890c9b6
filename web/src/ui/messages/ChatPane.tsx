import { texts } from "../../texts";
import { useSelected } from "../context";
import { Blank, Failed, Loading } from "../parts/Blank";
import { Link } from "../parts/Link";
import { paths } from "../routes";
import { Conversation } from "./Conversation";
import { useOpenChat, usePerson } from "./opening";

/**
 * The open chat, by its own id; or, while there is none yet, by whom it is to be with. The first
 * message turns one into the other, and what is being written stays under the fingers.
 */
export function ChatPane({
	chatId,
	personId,
	courseId,
}: {
	chatId: string | null;
	personId: string | null;
	courseId: string | null;
}) {
	const opened = useOpenChat(chatId);
	const found = usePerson(chatId === null ? personId : null, courseId);
	const chat = useSelected((state) => (chatId === null ? undefined : state.chats.get(chatId)));
	const person = chat?.peer ?? found.person;
	const { status, again } = chatId === null ? found : opened;

	if (person && status !== "missing") {
		return (
			<Conversation
				key={person.id}
				person={person}
				chat={chat ?? null}
				courseId={courseId}
				onRetry={status === "failed" ? again : null}
			/>
		);
	}
	if (status === "failed") return <Failed onRetry={again} />;
	if (status === "loading") return <Loading />;
	return (
		<Blank title={texts.nothingHere} hint={texts.nothingHereHint}>
			<Link className="button" href={paths.messages}>
				{texts.toMessages}
			</Link>
		</Blank>
	);
}
