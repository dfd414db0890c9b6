import { useEffect, useRef, useState } from "react";
import { texts } from "../texts";
import { useSelected } from "./context";
import { useIsLookedAt } from "./hooks";

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
	const isLookedAt = useIsLookedAt();
	const wasLookedAt = useRef(isLookedAt);
	const [returns, setReturns] = useState(0);
	useEffect(() => {
		if (isLookedAt && !wasLookedAt.current) setReturns((count) => count + 1);
		wasLookedAt.current = isLookedAt;
	}, [isLookedAt]);
	return accessChanges + returns;
}
