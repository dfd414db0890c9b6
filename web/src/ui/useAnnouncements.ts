import { useEffect } from "react";
import { texts } from "../texts";
import { useMessenger } from "./context";
import { say } from "./parts/notices";

/** Tells whoever listens to the page of messages that arrive. */
export function useAnnouncements(): void {
	const messenger = useMessenger();
	useEffect(
		() =>
			messenger.onIncoming((message, chat) => say(texts.incoming(chat.peer.name, message.body))),
		[messenger],
	);
}
