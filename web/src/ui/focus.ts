import { type RefObject, useEffect, useRef } from "react";

/** Whether what had the focus is gone, or is shown no more. */
export function isFocusLost(): boolean {
	const { activeElement } = document;
	if (activeElement === null || activeElement === document.body) return true;
	return activeElement.getClientRects().length === 0;
}

/**
 * On a narrow screen the list and the detail take turns. Whoever opens a chat is at its heading
 * then, and whoever goes back is where they came from.
 */
export function useFocusInTurn(panes: RefObject<HTMLElement | null>, isDetail: boolean): void {
	const wasDetail = useRef(isDetail);
	const cameFrom = useRef<string | null>(null);
	useEffect(() => {
		if (isDetail) cameFrom.current = location.pathname;
		if (wasDetail.current === isDetail) return;
		wasDetail.current = isDetail;
		if (!isFocusLost()) return;
		const links = panes.current?.querySelectorAll<HTMLElement>(".inbox-link") ?? [];
		const link = [...links].find((each) => each.getAttribute("href") === cameFrom.current);
		const heading = panes.current?.querySelector<HTMLElement>(
			isDetail ? ".detail-name" : ".inbox-title h2",
		);
		((isDetail ? null : link) ?? heading)?.focus();
	}, [panes, isDetail]);
}
