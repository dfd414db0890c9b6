import { useEffect, useMemo, useRef } from "react";
import { texts } from "../../texts";
import { useSelected } from "../context";
import { useFocusInTurn } from "../focus";
import { Blank } from "../parts/Blank";
import { navigate, paths, type Route } from "../routes";
import { usePageTitle } from "../usePage";
import { ChatPane } from "./ChatPane";
import { Inbox } from "./Inbox";
import { NewChat } from "./NewChat";

type MessagesRoute = Extract<Route, { page: "messages" | "chat" | "new" }>;

/** Two panes: the chats, and the one that is open. On a narrow screen one at a time. */
export function MessagesPage({ route }: { route: MessagesRoute }) {
	const shown = useShown(route);
	const name = useSelected((state) =>
		shown.page === "chat" ? (state.chats.get(shown.chatId)?.peer.name ?? null) : null,
	);
	usePageTitle(name === null ? texts.messages : texts.titleOf(name, texts.messages));
	const panes = useRef<HTMLElement>(null);
	const isDetail = route.page !== "messages";
	useFocusInTurn(panes, isDetail);
	return (
		<main ref={panes} id="content" className="messages" tabIndex={-1} data-detail={isDetail}>
			<h1 className="visually-hidden">{texts.messages}</h1>
			<Inbox openChatId={shown.page === "chat" ? shown.chatId : null} />
			<section className="detail">
				<Detail route={shown} />
			</section>
		</main>
	);
}

function Detail({ route }: { route: MessagesRoute }) {
	switch (route.page) {
		case "messages":
			return <Blank icon="messages" title={texts.pickChat} hint={texts.pickChatHint} />;
		case "chat":
			return <ChatPane chatId={route.chatId} personId={null} courseId={route.courseId} />;
		case "new":
			if (route.personId === null) return <NewChat />;
			return <ChatPane chatId={null} personId={route.personId} courseId={route.courseId} />;
	}
}

/** A chat with somebody new becomes a chat like any other as soon as there is one. */
function useShown(route: MessagesRoute): MessagesRoute {
	const personId = route.page === "new" ? route.personId : null;
	const chatId = useSelected((state) => {
		if (personId === null) return null;
		for (const chat of state.chats.values()) if (chat.peer.id === personId) return chat.id;
		return null;
	});
	const courseId = route.page === "new" ? route.courseId : null;
	// What was sent named the course; the next message need not.
	const isSent = useSelected(
		(state) => chatId !== null && (state.chats.get(chatId)?.lastMessage?.isMine ?? false),
	);
	const keptCourse = isSent ? null : courseId;
	useEffect(() => {
		if (chatId) navigate(paths.chat(chatId, keptCourse ?? undefined), { replace: true });
	}, [chatId, keptCourse]);
	return useMemo(
		() => (chatId ? { page: "chat", chatId, courseId: keptCourse } : route),
		[chatId, keptCourse, route],
	);
}
