/**
 * How answers and feed entries come together into one state, whatever order they arrive in.
 *
 * Three facts make it simple. A message never changes but to be read or deleted, so a union by id
 * is right once the deleted are remembered. A chat's state is told whole by every entry about it,
 * so the later telling wins; an answer says by its `feedCursor` what it is not older than, which
 * also orders answers among themselves. And entries carry state, not increments, so an entry that
 * an answer already contained does no harm.
 */
import type {
	ChatPartsFragment,
	ChatsQuery,
	StartQuery,
	ThreadPartsFragment,
	ThreadQuery,
} from "../generated/operations";
import {
	type Chat,
	EMPTY,
	type Entry,
	type Message,
	NO_THREAD,
	type State,
	type Thread,
} from "./state";

/** Everything read anew, at the beginning and whenever the feed was lost (RESYNC_REQUIRED). */
export function withStart(state: State, answer: StartQuery): State {
	const { viewer, conversations, conversation } = answer;
	const fresh: State = {
		...EMPTY,
		viewer,
		unreadCount: viewer.unreadCount,
		cursor: viewer.feedCursor,
		outbox: state.outbox,
		answered: state.answered,
		gone: state.gone,
		connection: state.connection,
		accessChanges: state.accessChanges + 1,
		readings: state.readings + 1,
	};
	const listed = withChats(fresh, { viewer, conversations }, { isInbox: true });
	if (!conversation) return listed;
	return withThread(listed, { viewer, conversation }, null);
}

/** A page of chats: of the inbox, or found by name or by unread. */
export function withChats(
	state: State,
	answer: ChatsQuery,
	{ isInbox }: { isInbox: boolean },
): State {
	const { edges, pageInfo } = answer.conversations;
	let next = state;
	for (const { node } of edges) {
		next = withChat(next, node, answer.viewer.feedCursor, { isListed: true });
	}
	if (!isInbox) return next;
	return {
		...next,
		inbox: {
			hasMore: pageInfo.hasNextPage,
			endCursor: pageInfo.endCursor ?? state.inbox.endCursor,
			frontier: edges.at(-1)?.node.lastActivityAt ?? state.inbox.frontier,
		},
	};
}

/** A page of a thread: its newest messages, or those before the ones at hand. */
export function withThread(
	state: State,
	answer: {
		viewer: { feedCursor: string };
		conversation: NonNullable<ThreadQuery["conversation"]>;
	},
	before: string | null,
): State {
	const { messages, ...parts } = answer.conversation;
	const asOf = answer.viewer.feedCursor;
	const next = withChat(state, parts, asOf);
	// Read before the chat was cleared: what it shows is gone. Whoever asked asks again.
	if (isCleared(next, parts.id, asOf)) return next;
	return withPage(next, parts.id, messages, before);
}

export function isCleared(state: State, chatId: string, asOf: string): boolean {
	return (state.chats.get(chatId)?.clearedAt ?? "") > asOf;
}

function withPage(
	state: State,
	chatId: string,
	page: ThreadPartsFragment,
	before: string | null,
): State {
	const thread = state.threads.get(chatId) ?? NO_THREAD;
	// An older page that was asked for twice, or a first one while older ones are here already.
	const isNews = before === null ? !thread.isLoaded : before === thread.startCursor;
	const edge = isNews
		? { hasOlder: page.pageInfo.hasPreviousPage, startCursor: page.pageInfo.startCursor }
		: {};
	const messages = union(
		state,
		thread.messages,
		page.edges.map(({ node }) => node),
	);
	return setThread(state, chatId, { ...thread, ...edge, messages, isLoaded: true });
}

/** A message that the server acknowledged, asked when the feed was at `asOf`. */
export function withAnsweredMessage(state: State, message: Message, asOf: string): State {
	return isCleared(state, message.conversationId, asOf) ? state : withMessage(state, message);
}

/** A chat that the server took off the list; not where the feed has told something since. */
export function withAnsweredClearing(state: State, chatId: string, asOf: string): State {
	const isOld = (state.chats.get(chatId)?.toldAt ?? "") > asOf;
	return isOld ? state : withClearedChat(state, chatId, asOf);
}

export function withoutMessage(state: State, messageId: string): State {
	const threads = new Map(state.threads);
	for (const [chatId, thread] of threads) {
		const messages = thread.messages.filter(({ id }) => id !== messageId);
		if (messages.length < thread.messages.length) threads.set(chatId, { ...thread, messages });
	}
	return { ...state, threads, gone: new Set(state.gone).add(messageId) };
}

/** The next entry of the feed. */
export function withEntry(state: State, entry: Entry): State {
	const told = withTold(state, entry);
	return { ...told, cursor: entry.cursor, unreadCount: entry.unreadCount };
}

function withTold(state: State, entry: Entry): State {
	switch (entry.__typename) {
		case "MessageSent": {
			const next = withChat(state, entry.conversation, entry.cursor, { isListed: true });
			return withMessage(next, entry.message);
		}
		case "MessageDeleted":
			return withChat(withoutMessage(state, entry.messageId), entry.conversation, entry.cursor);
		case "ChatRead": {
			const next = withChat(state, entry.conversation, entry.cursor);
			const isMine = entry.userId === state.viewer?.user.id;
			return isMine ? next : withReadByPeer(next, entry.conversation.id, entry.upToSeq);
		}
		case "ChatStateChanged": {
			const next = withChat(state, entry.conversation, entry.cursor);
			return { ...next, accessChanges: next.accessChanges + 1 };
		}
		case "ChatDeleted":
			return withClearedChat(state, entry.conversationId, entry.cursor);
		case "AccessChanged":
			return { ...state, viewer: entry.viewer, accessChanges: state.accessChanges + 1 };
		default:
			// Of a server that is newer than this page: it has its place in the feed, and no more here.
			return state;
	}
}

/** The chat as it was read when the feed was at `asOf`, unless something later told of it. */
export function withChat(
	state: State,
	parts: ChatPartsFragment,
	asOf: string,
	{ isListed = false } = {},
): State {
	const known = state.chats.get(parts.id);
	if (known && known.toldAt > asOf) return state;
	const chat: Chat = {
		clearedAt: "",
		peerReadSeq: 0,
		...known,
		...parts,
		// One with a message to show is listed; without, it is where it was.
		isListed: isListed || parts.lastMessage !== null || (known?.isListed ?? false),
		// Answers have an order among themselves, too: the one that is older comes too late.
		toldAt: asOf,
	};
	const next = { ...state, chats: new Map(state.chats).set(chat.id, chat) };
	const readSeq = readSeqOf(chat.lastMessage);
	return readSeq > chat.peerReadSeq ? withReadByPeer(next, chat.id, readSeq) : next;
}

const readSeqOf = (message: Message | null): number => (message?.isReadByPeer ? message.seq : 0);

function withReadByPeer(state: State, chatId: string, upToSeq: number): State {
	const chat = state.chats.get(chatId);
	if (!chat || upToSeq <= chat.peerReadSeq) return state;
	const chats = new Map(state.chats).set(chatId, { ...chat, peerReadSeq: upToSeq });
	return { ...state, chats };
}

function withClearedChat(state: State, chatId: string, cursor: string): State {
	const threads = new Map(state.threads);
	const thread = threads.get(chatId);
	if (thread) {
		threads.set(chatId, { ...thread, messages: [], hasOlder: false, startCursor: null });
	}
	const chat = state.chats.get(chatId);
	if (!chat) return { ...state, threads };
	const cleared = {
		...chat,
		isListed: false,
		lastMessage: null,
		unreadCount: 0,
		toldAt: cursor,
		clearedAt: cursor,
	};
	return { ...state, threads, chats: new Map(state.chats).set(chatId, cleared) };
}

/** A message, wherever it comes from; kept only for threads that are being looked at. */
export function withMessage(state: State, message: Message): State {
	const thread = state.threads.get(message.conversationId);
	if (!thread) return state;
	const messages = union(state, thread.messages, [message]);
	return setThread(state, message.conversationId, { ...thread, messages });
}

function union(state: State, known: readonly Message[], more: readonly Message[]): Message[] {
	const byId = new Map(known.map((message) => [message.id, message]));
	for (const message of more) {
		const before = byId.get(message.id);
		// Read stays read: an older answer does not take it back.
		const isReadByPeer = before?.isReadByPeer || message.isReadByPeer;
		if (!state.gone.has(message.id)) byId.set(message.id, { ...message, isReadByPeer });
	}
	return [...byId.values()].sort((one, other) => one.seq - other.seq);
}

function setThread(state: State, chatId: string, thread: Thread): State {
	return { ...state, threads: new Map(state.threads).set(chatId, thread) };
}
