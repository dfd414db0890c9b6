import { useEffect, useState } from "react";
import { texts } from "../texts";
import { useSelected } from "./context";

/** Names the page in the window's title, with the number of unread messages before it. */
export function usePageTitle(page: string): void {
	const unreadCount = useSelected((state) => state.unreadCount);
	useEffect(() => {
		document.title = texts.title(page, unreadCount);
	}, [page, unreadCount]);
}

/**
 * Counts what makes courses and people worth reading again: what the feed tells of rights, and
 * each return to the page, because of others' courses the feed tells nothing.
 */
export function useVersion(): number {
	const accessChanges = useSelected((state) => state.accessChanges);
	const [looks, setLooks] = useState(0);
	useEffect(() => {
		const look = (): void => {
			if (document.visibilityState === "visible") setLooks((count) => count + 1);
		};
		document.addEventListener("visibilitychange", look);
		addEventListener("focus", look);
		return () => {
			document.removeEventListener("visibilitychange", look);
			removeEventListener("focus", look);
		};
	}, []);
	return accessChanges + looks;
}
