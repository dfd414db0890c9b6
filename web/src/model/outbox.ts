/** What the viewer sends, until the server has answered for it. */
import { type Api, RequestFailed } from "../api";
import {
	ContactInstructorDocument,
	SendMessageDocument,
	type SentPartsFragment,
	StartChatDocument,
} from "../generated/operations";
import { withAnsweredMessage, withChat } from "./merge";
import type { Message, Outgoing, Refusal, State, Target } from "./state";
import type { Store } from "./store";

/** How long a message that cannot get out is tried again before its writer is asked. */
const TRY_FOR_MS = 20_000;
/** While the feed is live the server is there: one more attempt tells whether it was a hiccup. */
const ATTEMPTS_WHILE_LIVE = 2;
const PAUSE_MS = 1_000;

/**
 * Sends messages, to each person in the order they were written.
 *
 * Every attempt at a message has the same idempotency key, so trying again never doubles it, not
 * even when only the answer was lost.
 */
export class Outbox {
	/** The people to whom something is being sent. */
	readonly #busy = new Set<string>();
	/** Keys of what waits for its turn. */
	readonly #waiting = new Set<string>();

	constructor(
		private readonly api: Api,
		private readonly store: Store<State>,
		/** Told of each answer: the server is there. */
		private readonly onAnswer: () => void,
	) {}

	send(target: Target, body: string): void {
		const message: Outgoing = {
			key: crypto.randomUUID(),
			target,
			body,
			writtenAt: new Date().toISOString(),
			afterSeq: newestSeq(this.store.get(), target.peerId),
			status: "sending",
			refusal: null,
		};
		this.store.update((state) => ({ ...state, outbox: [...state.outbox, message] }));
		this.#enqueue(message);
	}

	retry(key: string): void {
		const message = this.#find(key);
		if (message?.status !== "failed") return;
		this.#change(key, { status: "sending", refusal: null });
		this.#enqueue(message);
	}

	discard(key: string): void {
		this.store.update((state) => without(state, key));
	}

	#enqueue({ key, target }: Outgoing): void {
		this.#waiting.add(key);
		if (!this.#busy.has(target.peerId)) void this.#drain(target.peerId);
	}

	async #drain(peerId: string): Promise<void> {
		this.#busy.add(peerId);
		for (let next = this.#next(peerId); next; next = this.#next(peerId)) {
			this.#waiting.delete(next.key);
			await this.#deliver(next);
		}
		this.#busy.delete(peerId);
	}

	#next(peerId: string): Outgoing | undefined {
		return this.store
			.get()
			.outbox.find(({ key, target }) => target.peerId === peerId && this.#waiting.has(key));
	}

	/** Tries until the server answers, or until it is time to ask. */
	async #deliver(message: Outgoing): Promise<void> {
		const began = Date.now();
		for (let attempts = 1; ; attempts += 1) {
			const asOf = this.store.get().cursor;
			try {
				const { sent } = await this.#attempt(message);
				if (sent) {
					this.#settle(message, sent, asOf);
					return this.onAnswer();
				}
				throw new RequestFailed("the mutation was not run", null);
			} catch (error) {
				if (!(error instanceof RequestFailed)) throw error;
			}
			const isLive = this.store.get().connection === "live";
			const isEnough = isLive ? attempts >= ATTEMPTS_WHILE_LIVE : Date.now() - began > TRY_FOR_MS;
			if (isEnough) return this.#change(message.key, { status: "failed" });
			await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
		}
	}

	#attempt({ target, body, key: idempotencyKey }: Outgoing) {
		const { api } = this;
		switch (target.kind) {
			case "chat": {
				const { conversationId } = target;
				return api.mutate(SendMessageDocument, {
					input: { conversationId, body, idempotencyKey },
				});
			}
			case "start": {
				const recipientId = target.peerId;
				return api.mutate(StartChatDocument, { input: { recipientId, body, idempotencyKey } });
			}
			case "contact": {
				const { courseId, peerId: instructorId } = target;
				return api.mutate(ContactInstructorDocument, {
					input: { courseId, instructorId, body, idempotencyKey },
				});
			}
		}
	}

	#settle({ key }: Outgoing, sent: SentPartsFragment, asOf: string): void {
		const { message, conversation } = sent;
		const refusal = sent.errors[0];
		// Sent before, and deleted since by another hand: it is not to be sent again.
		if (refusal && refusal.code !== "MESSAGE_DELETED") {
			this.#change(key, { status: "failed", refusal });
			return;
		}
		this.store.update((state) => {
			let next = without(state, key);
			if (conversation) next = withChat(next, conversation, asOf);
			if (message) {
				next = withAnsweredMessage(next, message, asOf);
				next = { ...next, answered: new Set(next.answered).add(message.id) };
			}
			return next;
		});
	}

	#find(key: string): Outgoing | undefined {
		return this.store.get().outbox.find((message) => message.key === key);
	}

	#change(key: string, change: { status: Outgoing["status"]; refusal?: Refusal | null }): void {
		this.store.update((state) => ({
			...state,
			outbox: state.outbox.map((each) => (each.key === key ? { ...each, ...change } : each)),
		}));
	}
}

function without(state: State, key: string): State {
	return { ...state, outbox: state.outbox.filter((each) => each.key !== key) };
}

function newestSeq(state: State, peerId: string): number {
	for (const chat of state.chats.values()) {
		if (chat.peer.id !== peerId) continue;
		const inThread = state.threads.get(chat.id)?.messages.at(-1)?.seq ?? 0;
		return Math.max(inThread, chat.lastMessage?.seq ?? 0);
	}
	return 0;
}

/**
 * What of the outbox is to be shown below a thread.
 *
 * The feed may bring a message before the answer to it does. It is known then by its text and its
 * place: it hides the outgoing one that it stands for, and an outgoing one that it does not stand
 * for is shown again as soon as the answer names another.
 */
export function stillOutgoing(
	outbox: readonly Outgoing[],
	peerId: string,
	messages: readonly Message[],
	answered: ReadonlySet<string>,
): Outgoing[] {
	const unnamed = messages.filter(({ id, isMine }) => isMine && !answered.has(id));
	return outbox.filter(({ target, body, afterSeq }) => {
		if (target.peerId !== peerId) return false;
		const place = unnamed.findIndex((each) => each.seq > afterSeq && each.body === body);
		if (place >= 0) unnamed.splice(place, 1);
		return place < 0;
	});
}
