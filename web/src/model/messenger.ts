import { type Api, socketUrl } from "../api";
import { type Feed, followFeed } from "../feed";
import {
	ChatsDocument,
	DeleteChatDocument,
	DeleteMessageDocument,
	type DeleteScope,
	FeedDocument,
	MarkReadDocument,
	StartDocument,
	ThreadDocument,
} from "../generated/operations";
import type { Session } from "../session/tokens";
import {
	isCleared,
	withAnsweredClearing,
	withChat,
	withChats,
	withEntry,
	withoutMessage,
	withStart,
	withThread,
} from "./merge";
import { Outbox } from "./outbox";
import { EMPTY, type Entry, NO_THREAD, type Outgoing, type Refusal, type State } from "./state";
import { Store } from "./store";

/** Messages that come in a burst are marked as read a few times a second, not one by one. */
const BETWEEN_READS_MS = 250;

/** What somebody wrote that the server does not have. */
export interface Unsent {
	drafts: ReadonlyMap<string, string>;
	outbox: readonly Outgoing[];
}

/** After so long a reading that failed is tried again, though the feed is live. */
const READ_AGAIN_AFTER_MS = 5_000;

/** What one signed-in person does and sees: the state, and the verbs that change it. */
export class Messenger {
	static #count = 0;
	/** Tells one session's from another's. */
	readonly id = ++Messenger.#count;
	readonly store = new Store<State>(EMPTY);
	readonly outbox: Outbox;
	/** What is written and not sent, by the person it is written to. */
	readonly drafts = new Map<string, string>();
	/** The chat on the screen, which a new reading includes. */
	#openChat: string | null = null;
	/** The chat that the last reading of everything has just brought. */
	#justRead: string | null = null;
	/** Whether chats may be closed, or open, without an entry that says so. */
	#areChatsStale = false;
	#isReadingStale = false;
	#readAgain: ReturnType<typeof setTimeout> | undefined;
	#feed: Feed | null = null;
	readonly #listeners = new Set<(entry: Entry) => void>();
	/** How far each chat was read on the screen. */
	readonly #readUpTo = new Map<string, number>();
	readonly #underway = new Map<string, Promise<unknown>>();

	constructor(
		readonly api: Api,
		private readonly session: Session,
	) {
		// Whoever was answered need not wait for the feed's own next attempt.
		this.outbox = new Outbox(api, this.store, () => this.#feed?.retryNow());
	}

	start(openChat: string | null): void {
		this.#openChat = openChat;
		this.#feed = followFeed<Entry>({
			url: socketUrl(),
			query: FeedDocument.toString(),
			token: (refused) => this.session.token(refused),
			read: () => this.#read(),
			onEntry: (entry) => this.#take(entry),
			onState: (connection) => {
				this.store.update((state) => ({ ...state, connection }));
				if (connection === "live") void this.#readStaleChats();
			},
			onSignedOut: () => this.session.end(),
		});
	}

	stop(): void {
		this.#feed?.stop();
		this.outbox.stop();
		this.#areChatsStale = false;
		clearTimeout(this.#readAgain);
	}

	unsent(): Unsent {
		return { drafts: this.drafts, outbox: this.store.get().outbox };
	}

	/** Goes on with what the same person left. */
	takeUp({ drafts, outbox }: Unsent): void {
		for (const [personId, draft] of drafts) this.drafts.set(personId, draft);
		this.outbox.takeUp(outbox);
	}

	/** The lists and the place in the feed, in one request; the feed resumes from there. */
	async #read(): Promise<string> {
		const openChat = this.#openChat;
		const answer = await this.api.query(StartDocument, {
			openChat: openChat ?? "",
			hasOpenChat: openChat !== null,
		});
		this.#justRead = answer.conversation ? openChat : null;
		this.store.update((state) => withStart(state, answer));
		return answer.viewer.feedCursor;
	}

	#take(entry: Entry): void {
		this.store.update((state) => withEntry(state, entry));
		for (const listener of this.#listeners) listener(entry);
		// With messaging off every chat is closed, and no entry for each of them says so.
		if (entry.__typename !== "AccessChanged") return;
		this.#areChatsStale = true;
		void this.#readStaleChats();
	}

	/** Has the listener called with each entry that arrives from now on. */
	onEntry(listener: (entry: Entry) => void): () => void {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}

	/** Reads them again until that is done, also where it fails or they become stale meanwhile. */
	async #readStaleChats(): Promise<void> {
		clearTimeout(this.#readAgain);
		if (this.#isReadingStale) return;
		this.#isReadingStale = true;
		try {
			while (this.#areChatsStale) {
				this.#areChatsStale = false;
				const chatId = this.#openChat;
				await Promise.all([
					this.#readInbox(null, false),
					chatId === null ? null : this.#readThread(chatId, null),
				]);
			}
		} catch {
			this.#areChatsStale = true;
			this.#readAgain = setTimeout(() => void this.#readStaleChats(), READ_AGAIN_AFTER_MS);
		} finally {
			this.#isReadingStale = false;
		}
	}

	/** Merges an answer; not one from before everything was read anew: cursors may have changed. */
	#merge(readings: number, change: (state: State) => State): boolean {
		if (this.store.get().readings !== readings) return false;
		this.store.update(change);
		return true;
	}

	/** Reads the chat that is on the screen, with its newest messages. */
	async openChat(chatId: string): Promise<"found" | "missing"> {
		this.#openChat = chatId;
		const isRead = this.#justRead === chatId;
		this.#justRead = null;
		if (isRead) return "found";
		this.store.update((state) => {
			if (state.threads.has(chatId)) return state;
			return { ...state, threads: new Map(state.threads).set(chatId, NO_THREAD) };
		});
		return this.#readThread(chatId, null);
	}

	closeChat(chatId: string): void {
		if (this.#openChat !== chatId) return;
		this.#openChat = null;
		this.#justRead = null;
	}

	async readOlder(chatId: string): Promise<void> {
		const before = this.store.get().threads.get(chatId)?.startCursor;
		if (before) await this.#once(`${chatId} ${before}`, () => this.#readThread(chatId, before));
	}

	async #readThread(chatId: string, before: string | null): Promise<"found" | "missing"> {
		for (;;) {
			const { readings } = this.store.get();
			const { viewer, conversation } = await this.api.query(ThreadDocument, { id: chatId, before });
			if (!conversation) return "missing";
			const read = { viewer, conversation };
			if (!this.#merge(readings, (state) => withThread(state, read, before))) {
				// What came before an older page may be another by now: whoever is there asks for it.
				if (before !== null) return "found";
			} else if (!isCleared(this.store.get(), chatId, viewer.feedCursor)) return "found";
		}
	}

	async readMoreChats(): Promise<void> {
		const { endCursor, hasMore } = this.store.get().inbox;
		if (hasMore && endCursor) await this.#once(endCursor, () => this.#readInbox(endCursor, true));
	}

	async #readInbox(after: string | null, isNextPage: boolean): Promise<void> {
		const { readings } = this.store.get();
		const answer = await this.api.query(ChatsDocument, { after, search: null, unreadOnly: false });
		this.#merge(readings, (state) => withChats(state, answer, { isInbox: isNextPage }));
	}

	/** A page of the chats that fit; they join the others in the state. */
	async findChats(search: string, unreadOnly: boolean, after: string | null) {
		const variables = { after, search: search || null, unreadOnly };
		const { readings } = this.store.get();
		const answer = await this.api.query(ChatsDocument, variables);
		// Whoever looks for them looks again with each reading.
		this.#merge(readings, (state) => withChats(state, answer, { isInbox: false }));
		const { edges, pageInfo } = answer.conversations;
		return { ids: edges.map(({ node }) => node.id), ...pageInfo };
	}

	/** Marks a chat as read; what comes meanwhile is in the next request, all of it together. */
	async markRead(chatId: string, upToSeq: number): Promise<void> {
		this.#readUpTo.set(chatId, Math.max(upToSeq, this.#readUpTo.get(chatId) ?? 0));
		await this.#once(`read ${chatId}`, async () => {
			for (;;) {
				const upTo = this.#readUpTo.get(chatId) ?? upToSeq;
				await this.#tellRead(chatId, upTo);
				if (this.#readUpTo.get(chatId) === upTo) return;
				await new Promise((resume) => setTimeout(resume, BETWEEN_READS_MS));
			}
		});
	}

	async #tellRead(chatId: string, upToSeq: number): Promise<void> {
		const { cursor: asOf, readings } = this.store.get();
		const { markRead } = await this.api.mutate(MarkReadDocument, {
			input: { conversationId: chatId, upToSeq },
		});
		const chat = markRead?.conversation;
		if (chat) this.#merge(readings, (state) => withChat(state, chat, asOf));
	}

	/** Null where it is done; a message to show where it is not. */
	async deleteMessage(messageId: string, scope: DeleteScope): Promise<Refusal | null> {
		const { cursor: asOf, readings } = this.store.get();
		const { deleteMessage } = await this.api.mutate(DeleteMessageDocument, {
			input: { messageId, scope },
		});
		const refusal = deleteMessage?.errors[0];
		if (refusal) return refusal;
		const chat = deleteMessage?.conversation;
		this.store.update((state) => withoutMessage(state, messageId));
		if (chat) this.#merge(readings, (state) => withChat(state, chat, asOf));
		return null;
	}

	async deleteChat(chatId: string): Promise<Refusal | null> {
		const { cursor: asOf, readings } = this.store.get();
		const { deleteChat } = await this.api.mutate(DeleteChatDocument, {
			input: { conversationId: chatId },
		});
		const refusal = deleteChat?.errors[0];
		if (refusal) return refusal;
		this.#merge(readings, (state) => withAnsweredClearing(state, chatId, asOf));
		return null;
	}

	/** Does not begin what is under way already. */
	async #once(name: string, work: () => Promise<unknown>): Promise<void> {
		let underway = this.#underway.get(name);
		if (!underway) {
			underway = work().finally(() => this.#underway.delete(name));
			this.#underway.set(name, underway);
		}
		await underway;
	}
}
