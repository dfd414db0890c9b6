import { useEffect, useMemo, useRef, useState } from "react";
import type { Chat, State } from "../../model/state";
import { texts } from "../../texts";
import { useMessenger, useSelected, useViewer } from "../context";
import { useNow, usePaged, useSettled, useWhenSeen } from "../hooks";
import { Blank, Failed } from "../parts/Blank";
import { ConfirmDialog } from "../parts/Dialog";
import { Icon } from "../parts/Icon";
import { Link } from "../parts/Link";
import { alertFailure, alertPerson, say } from "../parts/notices";
import { SearchField } from "../parts/SearchField";
import { isAdministrator, mayStartChats } from "../people";
import { navigate, paths } from "../routes";
import { InboxItem } from "./InboxItem";

/** The chats, the latest first; all of them, or those that a filter leaves. */
export function Inbox({ openChatId }: { openChatId: string | null }) {
	const viewer = useViewer();
	const [search, setSearch] = useState("");
	const [unreadOnly, setUnreadOnly] = useState(false);
	const [toDelete, setToDelete] = useState<Chat | null>(null);
	const name = useSettled(search.trim());
	const heading = useRef<HTMLHeadingElement>(null);
	const isFiltered = name !== "" || unreadOnly;

	return (
		<nav className="inbox" aria-label={texts.messages}>
			<div className="inbox-head">
				<div className="inbox-title">
					<h2 ref={heading} tabIndex={-1}>
						{texts.chats}
					</h2>
					{mayStartChats(viewer) && (
						<Link className="button button-primary" href={paths.newChat}>
							<Icon name="plus" />
							{texts.newChat}
						</Link>
					)}
				</div>
				<div className="inbox-filters">
					<SearchField label={texts.filterByName} value={search} onChange={setSearch} />
					<button
						type="button"
						className="toggle"
						aria-pressed={unreadOnly}
						onClick={() => setUnreadOnly(!unreadOnly)}
					>
						{texts.unreadOnly}
					</button>
				</div>
			</div>
			{isFiltered ? (
				<FilteredChats
					key={`${unreadOnly} ${name}`}
					name={name}
					unreadOnly={unreadOnly}
					openChatId={openChatId}
					onDelete={setToDelete}
				/>
			) : (
				<AllChats openChatId={openChatId} onDelete={setToDelete} />
			)}
			{toDelete && (
				<DeleteChat
					chat={toDelete}
					isOpen={toDelete.id === openChatId}
					onClose={() => setToDelete(null)}
					onDeleted={() => heading.current?.focus()}
				/>
			)}
		</nav>
	);
}

interface ListProps {
	openChatId: string | null;
	onDelete: (chat: Chat) => void;
}

function AllChats(props: ListProps) {
	const messenger = useMessenger();
	const viewer = useViewer();
	const chats = useSelected((state) => state.chats);
	const { hasMore, endCursor, frontier } = useSelected((state) => state.inbox);
	const [hasFailed, setFailed] = useState(false);
	// One opened by its address may be older than what has been read: its page brings it.
	const listed = useMemo(
		() => sorted(chats, (chat) => !hasMore || chat.lastActivityAt >= frontier),
		[chats, hasMore, frontier],
	);

	function readMore(): void {
		setFailed(false);
		messenger.readMoreChats().catch(() => setFailed(true));
	}

	if (listed.length === 0 && !hasMore) {
		const hint = mayStartChats(viewer)
			? texts.noChatsAdministrator
			: viewer.roles.includes("INSTRUCTOR")
				? texts.noChatsInstructor
				: texts.noChatsLearner;
		return (
			<Blank icon="messages" title={texts.noChats} hint={hint}>
				{!isAdministrator(viewer) && (
					<Link className="button" href={paths.courses}>
						{texts.courses}
					</Link>
				)}
			</Blank>
		);
	}
	return (
		<ChatList
			{...props}
			chats={listed}
			readTo={endCursor}
			hasMore={hasMore}
			hasFailed={hasFailed}
			onMore={readMore}
		/>
	);
}

function FilteredChats({
	name,
	unreadOnly,
	...props
}: ListProps & { name: string; unreadOnly: boolean }) {
	const messenger = useMessenger();
	const chats = useSelected((state) => state.chats);
	const readings = useSelected((state) => state.readings);
	const found = usePaged(`${unreadOnly} ${name}`, readings, async (after) => {
		const { ids, ...page } = await messenger.findChats(name, unreadOnly, after);
		return { ...page, items: ids };
	});
	const { openChatId } = props;
	const wasListed = useRef<ReadonlySet<string>>(new Set());
	// Found by the server, or known here and fitting: what arrives meanwhile joins at once. The open
	// chat stays where it was, though it has been read by now.
	const listed = useMemo(() => {
		const ids = new Set(found.items);
		const needle = name.toLocaleLowerCase();
		return sorted(chats, (chat) => {
			const hasName = ids.has(chat.id) || chat.peer.name.toLocaleLowerCase().includes(needle);
			const isOpen = chat.id === openChatId && (ids.has(chat.id) || wasListed.current.has(chat.id));
			return hasName && (!unreadOnly || chat.unreadCount > 0 || isOpen);
		});
	}, [chats, found.items, name, unreadOnly, openChatId]);
	useEffect(() => {
		wasListed.current = new Set(listed.map((chat) => chat.id));
	}, [listed]);

	if (listed.length === 0 && found.status === "ready") {
		return (
			<Blank
				isStatus
				title={unreadOnly && name === "" ? texts.noChatsUnread : texts.noChatsFound}
			/>
		);
	}
	return (
		<ChatList
			{...props}
			chats={listed}
			readTo={`${found.status} ${found.items.length}`}
			hasMore={found.hasMore || found.status === "loading"}
			hasFailed={found.status === "failed"}
			onMore={found.status === "failed" ? found.again : found.more}
		/>
	);
}

function ChatList({
	chats,
	readTo,
	hasMore,
	hasFailed,
	onMore,
	openChatId,
	onDelete,
}: ListProps & {
	chats: Chat[];
	/** Tells one page's end from the next one's, though no chat of the page was new. */
	readTo: string | null;
	hasMore: boolean;
	hasFailed: boolean;
	onMore: () => void;
}) {
	const end = useWhenSeen(onMore);
	const now = useNow();
	return (
		<div className="scroller inbox-scroller">
			<ul className="inbox-list" aria-label={texts.chats}>
				{chats.map((chat) => (
					<InboxItem
						key={chat.id}
						chat={chat}
						isOpen={chat.id === openChatId}
						now={now}
						onDelete={onDelete}
					/>
				))}
			</ul>
			{hasFailed && <Failed onRetry={onMore} />}
			{hasMore && !hasFailed && (
				// Another one for each page: one that is still in sight after its page came is seen anew.
				<div key={readTo} ref={end} className="loading">
					{texts.loading}
				</div>
			)}
		</div>
	);
}

function DeleteChat({
	chat,
	isOpen,
	onClose,
	onDeleted,
}: {
	chat: Chat;
	isOpen: boolean;
	onClose: () => void;
	/** What had the focus has gone with the chat. */
	onDeleted: () => void;
}) {
	const messenger = useMessenger();

	async function deleteChat(): Promise<void> {
		try {
			const refusal = await messenger.deleteChat(chat.id);
			if (refusal) alertPerson(texts.errors[refusal.code]);
			else {
				say(texts.chatDeleted);
				if (isOpen) navigate(paths.messages, { replace: true });
				onDeleted();
			}
		} catch {
			alertFailure();
		}
	}

	return (
		<ConfirmDialog
			title={texts.deleteChatTitle}
			action={texts.deleteChat}
			onConfirm={() => void deleteChat()}
			onClose={onClose}
		>
			{texts.deleteChatBody(chat.peer.name)}
		</ConfirmDialog>
	);
}

function sorted(chats: State["chats"], isWanted: (chat: Chat) => boolean): Chat[] {
	return [...chats.values()]
		.filter((chat) => chat.isListed && isWanted(chat))
		.sort((one, other) => {
			if (one.lastActivityAt !== other.lastActivityAt) {
				return one.lastActivityAt < other.lastActivityAt ? 1 : -1;
			}
			return one.id < other.id ? 1 : -1;
		});
}
