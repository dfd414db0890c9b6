import { useCallback, useEffect, useRef, useState } from "react";

/** Now, again every minute, for words like "Today". */
export function useNow(): number {
	const [now, setNow] = useState(Date.now);
	useEffect(() => {
		const timer = setInterval(() => setNow(Date.now()), 60_000);
		return () => clearInterval(timer);
	}, []);
	return now;
}

/** The value as it was when it last stood still for a while. */
export function useSettled<Value>(value: Value, afterMs = 250): Value {
	const [settled, setSettled] = useState(value);
	useEffect(() => {
		const timer = setTimeout(() => setSettled(value), afterMs);
		return () => clearTimeout(timer);
	}, [value, afterMs]);
	return settled;
}

/** Calls when the element comes near what is seen of its scroller. */
export function useWhenSeen(onSeen: () => void): (element: HTMLElement | null) => void {
	const latest = useRef(onSeen);
	latest.current = onSeen;
	const observer = useRef<IntersectionObserver | null>(null);
	return useCallback((element) => {
		observer.current?.disconnect();
		if (!element) return;
		observer.current = new IntersectionObserver(
			(entries) => {
				if (entries.some((entry) => entry.isIntersecting)) latest.current();
			},
			// A margin counts at the root alone, so that is the scroller.
			{ root: element.closest(".scroller"), rootMargin: "400px" },
		);
		observer.current.observe(element);
	}, []);
}

/** Whether the page is looked at: visible, and its window in front. */
export function useIsLookedAt(): boolean {
	const [isLookedAt, setLookedAt] = useState(isPageLookedAt);
	useEffect(() => {
		const look = (): void => setLookedAt(isPageLookedAt());
		addEventListener("focus", look);
		addEventListener("blur", look);
		document.addEventListener("visibilitychange", look);
		return () => {
			removeEventListener("focus", look);
			removeEventListener("blur", look);
			document.removeEventListener("visibilitychange", look);
		};
	}, []);
	return isLookedAt;
}

const isPageLookedAt = (): boolean => document.visibilityState === "visible" && document.hasFocus();

export interface Page<Item> {
	items: Item[];
	hasNextPage: boolean;
	endCursor: string | null;
}

export interface Paged<Item> {
	items: readonly Item[];
	status: "loading" | "ready" | "failed";
	hasMore: boolean;
	more(): void;
	again(): void;
	/** Puts a newer version of an item into its place. */
	replace(isIt: (item: Item) => boolean, by: Item): void;
}

const NOTHING = { items: [], hasMore: false, endCursor: null };

/**
 * A list that is read page by page; begun again when `key` changes, read again when `version` does.
 * What is there stays on the screen while it is read again.
 */
export function usePaged<Item>(
	key: string,
	version: number,
	load: (after: string | null) => Promise<Page<Item>>,
): Paged<Item> {
	const [list, setList] = useState<{ items: Item[]; hasMore: boolean; endCursor: string | null }>(
		NOTHING,
	);
	const [status, setStatus] = useState<Paged<Item>["status"]>("loading");
	const latest = useRef(load);
	latest.current = load;
	/** Only the answer to the last question counts. */
	const question = useRef(0);

	const ask = useCallback((after: string | null) => {
		question.current += 1;
		const mine = question.current;
		setStatus("loading");
		latest.current(after).then(
			({ items, hasNextPage: hasMore, endCursor }) => {
				if (mine !== question.current) return;
				setList((before) => ({
					items: after === null ? items : [...before.items, ...items],
					hasMore,
					endCursor,
				}));
				setStatus("ready");
			},
			() => mine === question.current && setStatus("failed"),
		);
	}, []);

	// biome-ignore lint/correctness/useExhaustiveDependencies: another key or version asks anew
	useEffect(() => ask(null), [ask, key, version]);
	// biome-ignore lint/correctness/useExhaustiveDependencies: another key is another list
	useEffect(() => setList(NOTHING), [key]);

	return {
		...list,
		status,
		more: () => {
			if (status === "ready" && list.hasMore) ask(list.endCursor);
		},
		again: () => ask(status === "failed" && list.items.length > 0 ? list.endCursor : null),
		replace: (isIt, by) =>
			setList((before) => ({
				...before,
				items: before.items.map((item) => (isIt(item) ? by : item)),
			})),
	};
}
