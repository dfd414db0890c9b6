import { type RefObject, useCallback, useLayoutEffect, useRef, useState } from "react";

/** So near the end counts as the end: a line of text is no reason to hold still. */
const NEAR_PX = 48;

/**
 * Keeps a thread where its reader wants it: at the end while they are there, else where they read,
 * also when older messages come in above.
 */
export function useScrolling({
	firstId,
	outgoingCount,
	startAt,
}: {
	firstId: string | undefined;
	outgoingCount: number;
	/** The element to begin at, if what follows it does not fit; else the end. */
	startAt: RefObject<HTMLElement | null>;
}) {
	const scroller = useRef<HTMLDivElement>(null);
	const content = useRef<HTMLDivElement>(null);
	const sticks = useRef(true);
	const before = useRef({ firstId, height: 0, outgoingCount });
	const [isAtEnd, setAtEnd] = useState(false);

	const look = useCallback(() => {
		const element = scroller.current;
		if (!element) return;
		const distance = element.scrollHeight - element.scrollTop - element.clientHeight;
		sticks.current = distance < NEAR_PX;
		setAtEnd(sticks.current);
	}, []);

	const toEnd = useCallback(() => {
		const element = scroller.current;
		if (element) element.scrollTop = element.scrollHeight;
		sticks.current = true;
		setAtEnd(true);
	}, []);

	useLayoutEffect(() => {
		toEnd();
		const element = scroller.current;
		const mark = startAt.current;
		if (!element || !mark) return;
		const top = mark.offsetTop - NEAR_PX;
		if (top < element.scrollTop) element.scrollTop = top;
		look();
	}, [toEnd, look, startAt]);

	useLayoutEffect(() => {
		const element = scroller.current;
		if (!element) return;
		const was = before.current;
		const height = element.scrollHeight;
		if (outgoingCount > was.outgoingCount) toEnd();
		else if (sticks.current) toEnd();
		else if (firstId !== was.firstId && was.height > 0) {
			element.scrollTop += height - was.height;
		}
		before.current = { firstId, height, outgoingCount };
	});

	useLayoutEffect(() => {
		if (!scroller.current || !content.current) return;
		// A photo that loads, a field that grows, a window that turns: the end stays the end.
		const observer = new ResizeObserver(() => (sticks.current ? toEnd() : look()));
		observer.observe(scroller.current);
		observer.observe(content.current);
		return () => observer.disconnect();
	}, [toEnd, look]);

	return { scroller, content, isAtEnd, toEnd, onScroll: look };
}
