import { useSyncExternalStore } from "react";

/** Where one is in the page, as the address says. */
export type Route =
	| { page: "messages" }
	| { page: "chat"; chatId: string; courseId: string | null }
	| { page: "new"; personId: string | null; courseId: string | null }
	| { page: "courses" }
	| { page: "course"; courseId: string }
	| { page: "administration" }
	| { page: "unknown" };

export const paths = {
	messages: "/",
	chat: (chatId: string, courseId?: string) =>
		`/chats/${encodeURIComponent(chatId)}${courseId ? `?course=${encodeURIComponent(courseId)}` : ""}`,
	newChat: "/new",
	chatWith: (personId: string, courseId?: string) =>
		`/new?${new URLSearchParams({ to: personId, ...(courseId ? { course: courseId } : {}) })}`,
	courses: "/courses",
	course: (courseId: string) => `/courses/${encodeURIComponent(courseId)}`,
	administration: "/administration",
};

const PLACE = /^\/([^/]*)(?:\/([^/]+))?$/u;

/** What is shown at an address: something where the server has a page, and nowhere else. */
export function routeOf(address: string): Route {
	const { pathname, searchParams } = new URL(address, "http://page");
	const [, place, id] = PLACE.exec(pathname) ?? [];
	const courseId = searchParams.get("course");
	switch (id === undefined ? place : `${place}/…`) {
		case "":
			return { page: "messages" };
		case "chats/…":
			return { page: "chat", chatId: decoded(id ?? ""), courseId };
		case "new":
			return { page: "new", personId: searchParams.get("to"), courseId };
		case "courses":
			return { page: "courses" };
		case "courses/…":
			return { page: "course", courseId: decoded(id ?? "") };
		case "administration":
			return { page: "administration" };
		default:
			return { page: "unknown" };
	}
}

function decoded(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}

const CHANGED = "lms-messages:navigated";

const currentAddress = (): string => location.pathname + location.search;

function subscribe(listener: () => void): () => void {
	addEventListener("popstate", listener);
	addEventListener(CHANGED, listener);
	return () => {
		removeEventListener("popstate", listener);
		removeEventListener(CHANGED, listener);
	};
}

export function navigate(path: string, { replace = false } = {}): void {
	if (replace) history.replaceState(null, "", path);
	else if (path !== currentAddress()) history.pushState(null, "", path);
	dispatchEvent(new Event(CHANGED));
}

export function useAddress(): string {
	return useSyncExternalStore(subscribe, currentAddress);
}
