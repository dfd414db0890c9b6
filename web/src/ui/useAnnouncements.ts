import { useEffect } from "react";
import type { Messenger } from "../model/messenger";
import { texts } from "../texts";
import { useMessenger } from "./context";
import { forgetNotices, hush, say } from "./parts/notices";

/** Tells whoever listens to the page of messages that arrive. */
export function useAnnouncements(): void {
	const messenger = useMessenger();
	useEffect(() => announce(messenger), [messenger]);
}

/** Has what arrives told from now on; gives what ends it. */
export function announce(messenger: Pick<Messenger, "onEntry">): () => void {
	const stop = messenger.onEntry((entry) => {
		if (entry.__typename === "MessageDeleted") hush();
		if (entry.__typename !== "MessageSent" || entry.message.isMine) return;
		say(texts.incoming(entry.conversation.peer.name, entry.message.body));
	});
	return () => {
		stop();
		// Whoever comes next to this screen is told nothing of it.
		forgetNotices();
	};
}
