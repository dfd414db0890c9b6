import { useEffect } from "react";
import { PersonDocument } from "../../generated/operations";
import type { Person } from "../../model/state";
import { useMessenger, useSelected } from "../context";
import { type Answered, useAnswer } from "../hooks";
import { navigate, paths } from "../routes";

type Status = "loading" | "found" | "missing" | "failed";

/** Reads the chat when it is opened, and again when everything was read anew. */
export function useOpenChat(chatId: string | null) {
	const messenger = useMessenger();
	// Another reading may have dropped it, so what was answered before says nothing of it.
	const readings = useSelected((state) => state.readings);
	const key = chatId === null ? null : `${chatId} ${readings}`;
	const opened = useAnswer(key, 0, () => messenger.openChat(chatId ?? ""));
	useEffect(() => {
		if (chatId !== null) return () => messenger.closeChat(chatId);
	}, [messenger, chatId]);
	return { status: statusOf(opened, opened.answer === "missing"), again: opened.again };
}

/** Somebody with whom there is no chat yet. Where there is one, it goes on there. */
export function usePerson(personId: string | null, courseId: string | null) {
	const { api } = useMessenger();
	const found = useAnswer(personId, 0, () => api.query(PersonDocument, { id: personId ?? "" }));
	const node = found.answer?.node;
	const person = node?.__typename === "User" ? node : null;
	const chatId = person?.conversation?.id ?? null;
	useEffect(() => {
		if (chatId !== null) navigate(paths.chat(chatId, courseId ?? undefined), { replace: true });
	}, [chatId, courseId]);
	const status = chatId === null ? statusOf(found, person === null) : "loading";
	const newPerson: Person | null = chatId === null ? person : null;
	return { status, person: newPerson, again: found.again };
}

function statusOf({ status }: Answered<unknown>, isMissing: boolean): Status {
	if (status !== "ready") return status;
	return isMissing ? "missing" : "found";
}
