import { useCallback, useEffect, useState } from "react";
import { PersonDocument } from "../../generated/operations";
import type { Person } from "../../model/state";
import { useMessenger, useSelected } from "../context";
import { navigate, paths } from "../routes";

type Status = "loading" | "found" | "missing" | "failed";

/** Reads the chat when it is opened, and again when everything was read anew. */
export function useOpenChat(chatId: string | null) {
	const messenger = useMessenger();
	const readings = useSelected((state) => state.readings);
	const [last, setLast] = useState<{ chatId: string; status: Status } | null>(null);
	const again = useCallback(() => {
		if (chatId === null) return;
		let isCurrent = true;
		const settle = (status: Status) => isCurrent && setLast({ chatId, status });
		messenger.openChat(chatId).then(settle, () => settle("failed"));
		return () => {
			isCurrent = false;
		};
	}, [messenger, chatId]);
	// biome-ignore lint/correctness/useExhaustiveDependencies: another reading may have dropped it
	useEffect(again, [again, readings]);
	useEffect(() => {
		if (chatId !== null) return () => messenger.closeChat(chatId);
	}, [messenger, chatId]);
	const status: Status = last !== null && last.chatId === chatId ? last.status : "loading";
	return { status, again };
}

/** Somebody with whom there is no chat yet. Where there is one, it goes on there. */
export function usePerson(personId: string | null, courseId: string | null) {
	const { api } = useMessenger();
	const [last, setLast] = useState<{ id: string; status: Status; person: Person | null } | null>(
		null,
	);
	const again = useCallback(() => {
		if (personId === null) return;
		let isCurrent = true;
		const settle = (status: Status, person: Person | null = null) =>
			isCurrent && setLast({ id: personId, status, person });
		api.query(PersonDocument, { id: personId }).then(
			({ node }) => {
				if (!isCurrent) return;
				if (node?.__typename !== "User") settle("missing");
				else if (node.conversation) {
					navigate(paths.chat(node.conversation.id, courseId ?? undefined), { replace: true });
				} else settle("found", node);
			},
			() => settle("failed"),
		);
		return () => {
			isCurrent = false;
		};
	}, [api, personId, courseId]);
	useEffect(again, [again]);
	const { status, person } =
		last !== null && last.id === personId ? last : { status: "loading" as const, person: null };
	return { status, person, again };
}
