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

export function routeOf(address: string): Route {
	const { pathname, searchParams } = new URL(address, "http://page");
	const [first = "", second, ...others] = pathname.split("/").slice(1);
	if (others.length > 0) return { page: "unknown" };
	const id = second ? decoded(second) : null;
	switch (first) {
		case "":
			return { page: "messages" };
		case "chats":
			if (id === null) return { page: "messages" };
			return { page: "chat", chatId: id, courseId: searchParams.get("course") };
		case "new":
			return {
				page: "new",
				personId: searchParams.get("to"),
				courseId: searchParams.get("course"),
			};
		case "courses":
			return id === null ? { page: "courses" } : { page: "course", courseId: id };
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
