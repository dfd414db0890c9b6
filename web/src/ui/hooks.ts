import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { type Page, PagedList, type Pages } from "../model/pages";

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

export interface Paged<Item> extends Pages<Item> {
	more(): void;
	again(): void;
	/** Puts a newer version of an item into its place. */
	replace(isIt: (item: Item) => boolean, by: Item): void;
}

/** A list that is read page by page: another one for each `key`, read anew with each `version`. */
export function usePaged<Item>(
	key: string,
	version: number,
	load: (after: string | null) => Promise<Page<Item>>,
): Paged<Item> {
	const latest = useRef(load);
	latest.current = load;
	// biome-ignore lint/correctness/useExhaustiveDependencies: another key is another list
	const list = useMemo(() => new PagedList<Item>((after) => latest.current(after)), [key]);
	// biome-ignore lint/correctness/useExhaustiveDependencies: with another version it is read anew
	useEffect(() => list.renew(), [list, version]);
	const pages = useSyncExternalStore(list.store.subscribe, list.store.get);
	return {
		...pages,
		more: () => list.more(),
		again: () => list.again(),
		replace: (isIt, by) => list.replace(isIt, by),
	};
}

export interface Answered<Answer> {
	answer: Answer | null;
	status: "loading" | "ready" | "failed";
	/** Asks once more, and tells nothing until there is an answer. */
	again(): void;
}

/**
 * The answer to a question, which its key tells from others; null asks nothing. With another version
 * it is asked anew, and what is known until then, or where that fails, is better than nothing.
 */
export function useAnswer<Answer extends object | string>(
	key: string | null,
	version: number,
	ask: () => Promise<Answer>,
): Answered<Answer> {
	const [told, setTold] = useState<{ of: string; answer: Answer | null } | null>(null);
	const [attempts, setAttempts] = useState(0);
	const latest = useRef(ask);
	latest.current = ask;
	// biome-ignore lint/correctness/useExhaustiveDependencies: version and attempt ask anew
	useEffect(() => {
		if (key === null) return;
		let isCurrent = true;
		latest.current().then(
			(answer) => isCurrent && setTold({ of: key, answer }),
			() => isCurrent && setTold((now) => (now?.of === key ? now : { of: key, answer: null })),
		);
		return () => {
			isCurrent = false;
		};
	}, [key, version, attempts]);
	const again = useCallback(() => {
		setTold(null);
		setAttempts((count) => count + 1);
	}, []);
	if (told === null || told.of !== key) return { answer: null, status: "loading", again };
	return { answer: told.answer, status: told.answer === null ? "failed" : "ready", again };
}
