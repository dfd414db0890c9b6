import { useEffect, useMemo, useRef, useState } from "react";
import type { DeleteScope } from "../../generated/operations";
import { stillOutgoing } from "../../model/outbox";
import { type Chat, type Message, NO_THREAD, type Outgoing } from "../../model/state";
import { texts } from "../../texts";
import { useMessenger, useSelected, useViewer } from "../context";
import { dayOf, formatDay } from "../format";
import { useIsLookedAt, useNow, useWhenSeen } from "../hooks";
import { Blank, Failed } from "../parts/Blank";
import { Icon } from "../parts/Icon";
import { alertFailure, alertPerson, say } from "../parts/notices";
import { isAdministrator } from "../people";
import { MessageItem } from "./MessageItem";
import { OutgoingItem } from "./OutgoingItem";
import { useScrolling } from "./useScrolling";

/** The messages of a chat, oldest first, and below them what is on its way. */
export function Thread({ chat }: { chat: Chat }) {
	const messenger = useMessenger();
	const mayDeleteAll = isAdministrator(useViewer());
	const thread = useSelected((state) => state.threads.get(chat.id)) ?? NO_THREAD;
	const outbox = useSelected((state) => state.outbox);
	const answered = useSelected((state) => state.answered);
	const now = useNow();
	const { messages } = thread;
	const outgoing = useMemo(
		() => stillOutgoing(outbox, chat.peer.id, messages, answered),
		[outbox, chat.peer.id, messages, answered],
	);
	const days = useMemo(() => daysOf(messages, outgoing), [messages, outgoing]);
	const firstUnread = useFirstUnread(chat, messages, outgoing.length > 0);
	const divider = useRef<HTMLElement>(null);
	const { scroller, content, isAtEnd, toEnd, onScroll } = useScrolling({
		firstId: messages[0]?.id,
		outgoingCount: outgoing.length,
		startAt: divider,
	});
	useMarkRead(chat, messages, isAtEnd);

	async function deleteMessage(message: Message, scope: DeleteScope): Promise<void> {
		try {
			const refusal = await messenger.deleteMessage(message.id, scope);
			if (refusal) return alertPerson(texts.errors[refusal.code]);
			say(texts.messageDeleted);
			// What had the focus is gone with the message.
			if (document.activeElement === document.body) scroller.current?.focus();
		} catch {
			alertFailure();
		}
	}
	// The items are told apart by what they show; how to delete may be newer than they are.
	const latestDelete = useRef(deleteMessage);
	latestDelete.current = deleteMessage;
	const onDelete = useRef((message: Message, scope: DeleteScope) => {
		void latestDelete.current(message, scope);
	}).current;

	return (
		<div className="thread">
			<section
				ref={scroller}
				className="scroller thread-scroller"
				aria-label={texts.thread(chat.peer.name)}
				// biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be in reach of keys
				tabIndex={0}
				onScroll={onScroll}
			>
				<div ref={content} className="thread-content">
					<Beginning chat={chat} />
					{days.map(({ day, items }) => (
						<div key={day} className="thread-day">
							<h3 className="thread-date">{formatDay(new Date(day).toISOString(), now)}</h3>
							<ol className="thread-list">
								{items.map((item) =>
									"key" in item ? (
										<OutgoingItem key={item.key} outgoing={item} />
									) : (
										<MessageItem
											key={item.id}
											message={item}
											senderName={item.isMine ? texts.you : chat.peer.name}
											isRead={item.isReadByPeer || item.seq <= chat.peerReadSeq}
											mayDeleteForEveryone={item.isMine || mayDeleteAll}
											onDelete={onDelete}
											dividerRef={item.seq === firstUnread ? divider : null}
										/>
									),
								)}
							</ol>
						</div>
					))}
				</div>
			</section>
			{!isAtEnd && (
				<button type="button" className="to-newest" onClick={toEnd}>
					<Icon name="down" />
					{chat.unreadCount > 0 ? (
						<span>{texts.newMessages}</span>
					) : (
						<span className="visually-hidden">{texts.toNewest}</span>
					)}
				</button>
			)}
		</div>
	);
}

const FIRST_SEQ = 1;

/** The upper end: more to come, or the first message there is. */
function Beginning({ chat }: { chat: Chat }) {
	const messenger = useMessenger();
	const { hasOlder, startCursor, messages } =
		useSelected((state) => state.threads.get(chat.id)) ?? NO_THREAD;
	const [hasFailed, setFailed] = useState(false);

	function readOlder(): void {
		setFailed(false);
		messenger.readOlder(chat.id).catch(() => setFailed(true));
	}
	const upper = useWhenSeen(readOlder);

	if (hasFailed) return <Failed onRetry={readOlder} />;
	if (hasOlder) {
		return (
			<p key={startCursor} ref={upper} className="loading">
				{texts.olderLoading}
			</p>
		);
	}
	if (messages.length === 0) return <Blank title={texts.emptyChat} hint={texts.emptyChatHint} />;
	// After the chat was deleted, or its first message, what is here is not its beginning.
	if (messages[0]?.seq !== FIRST_SEQ) return null;
	return <p className="thread-beginning">{texts.startOfChat(chat.peer.name)}</p>;
}

interface Day {
	/** Its midnight. */
	day: number;
	items: (Message | Outgoing)[];
}

function daysOf(messages: readonly Message[], outgoing: readonly Outgoing[]): Day[] {
	const days: Day[] = [];
	for (const item of [...messages, ...outgoing]) {
		const day = dayOf("key" in item ? item.writtenAt : item.sentAt);
		const last = days.at(-1);
		// A clock that is behind puts nothing above what came before it.
		if (last && day <= last.day) last.items.push(item);
		else days.push({ day, items: [item] });
	}
	return days;
}

/** The seq of the first message that was unread when the reader came, or came back. */
function useFirstUnread(
	chat: Chat,
	messages: readonly Message[],
	isAnswering: boolean,
): number | null {
	const isLookedAt = useIsLookedAt();
	const [seq, setSeq] = useState(() => firstUnreadOf(chat, messages));
	const wasRead = useRef(chat.unreadCount === 0);
	useEffect(() => {
		const isRead = chat.unreadCount === 0;
		if (wasRead.current && !isRead && !isLookedAt) setSeq(firstUnreadOf(chat, messages));
		wasRead.current = isRead;
	}, [chat, messages, isLookedAt]);
	useEffect(() => {
		// Whoever answers knows where they are.
		if (isAnswering) setSeq(null);
	}, [isAnswering]);
	return seq;
}

function firstUnreadOf(chat: Chat, messages: readonly Message[]): number | null {
	if (chat.unreadCount === 0) return null;
	const theirs = messages.filter(({ isMine }) => !isMine);
	return theirs.at(-chat.unreadCount)?.seq ?? theirs[0]?.seq ?? null;
}

/** Whoever looks at the end of a thread has read it. */
function useMarkRead(chat: Chat, messages: readonly Message[], isAtEnd: boolean): void {
	const messenger = useMessenger();
	const isLookedAt = useIsLookedAt();
	const connection = useSelected((state) => state.connection);
	const newest = messages.at(-1)?.seq;
	const isDue = isLookedAt && isAtEnd && chat.unreadCount > 0;
	useEffect(() => {
		if (!isDue || newest === undefined || connection === "reconnecting") return;
		// Where it fails, the next message or the next connection tries again.
		messenger.markRead(chat.id, newest).catch(() => undefined);
	}, [messenger, chat.id, newest, isDue, connection]);
}
