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
const LONGEST_PAUSE_MS = 8_000;
/** What the server says of a request that it will never take. */
const FINAL_CODES: ReadonlySet<string | null> = new Set(["BAD_INPUT", "FORBIDDEN", "NOT_FOUND"]);

/**
 * Sends messages, to each person in the order they were written.
 *
 * Every attempt at a message has the same idempotency key, so trying again never doubles it, not
 * even when only the answer was lost. What could not be delivered holds back all that was written
 * to the same person after it; what the server refused holds back nothing.
 */
export class Outbox {
	/** The people to whom something is being sent. */
	readonly #busy = new Set<string>();
	/** Keys of what waits for its turn. */
	readonly #waiting = new Set<string>();
	#isStopped = false;

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
		this.#tryHeldBack(target.peerId);
		this.#enqueue(message);
	}

	/** Tries it again, and in their turn all that stand before it or wait for it. */
	retry(key: string): void {
		const message = this.#find(key);
		if (message?.status !== "failed") return;
		this.#change(key, { status: "sending", refusal: null });
		this.#waiting.add(key);
		this.#tryHeldBack(message.target.peerId);
		this.#enqueue(message);
	}

	discard(key: string): void {
		this.store.update((state) => without(state, key));
	}

	/** Goes on with what an earlier session left, under the same keys. */
	takeUp(messages: readonly Outgoing[]): void {
		this.store.update((state) => ({ ...state, outbox: [...messages, ...state.outbox] }));
		const sending = messages.filter(({ status }) => status === "sending");
		for (const { key } of sending) this.#waiting.add(key);
		for (const message of sending) this.#enqueue(message);
	}

	/** Begins no attempt any more. */
	stop(): void {
		this.#isStopped = true;
	}

	#enqueue({ key, target }: Outgoing): void {
		this.#waiting.add(key);
		if (!this.#busy.has(target.peerId)) void this.#drain(target.peerId);
	}

	async #drain(peerId: string): Promise<void> {
		this.#busy.add(peerId);
		try {
			for (let next = this.#next(peerId); next; next = this.#next(peerId)) {
				this.#waiting.delete(next.key);
				if (!(await this.#deliver(next))) this.#holdBack(peerId);
			}
		} finally {
			this.#busy.delete(peerId);
		}
	}

	/** What follows a message that did not get out does not overtake it. */
	#holdBack(peerId: string): void {
		for (const { key, target } of this.store.get().outbox) {
			if (target.peerId !== peerId || !this.#waiting.delete(key)) continue;
			this.#change(key, { status: "failed" });
		}
	}

	#tryHeldBack(peerId: string): void {
		for (const { key, target, status, refusal } of this.store.get().outbox) {
			if (target.peerId !== peerId || status !== "failed" || refusal !== null) continue;
			this.#change(key, { status: "sending" });
			this.#waiting.add(key);
		}
	}

	#next(peerId: string): Outgoing | undefined {
		if (this.#isStopped) return undefined;
		return this.store
			.get()
			.outbox.find(({ key, target }) => target.peerId === peerId && this.#waiting.has(key));
	}

	/** Tries until the server answers, or until it is time to ask; whether what follows may go. */
	async #deliver(message: Outgoing): Promise<boolean> {
		const began = Date.now();
		for (let attempts = 1; ; attempts += 1) {
			const { cursor: asOf, readings } = this.store.get();
			try {
				const { sent } = await this.#attempt(message);
				if (!sent) throw new RequestFailed("the mutation was not run", null);
				this.#settle(message, sent, asOf, readings);
				this.onAnswer();
				return true;
			} catch (error) {
				// Whose session ended may come back, and then it goes on.
				if (this.#isStopped) return true;
				const isFinal = error instanceof RequestFailed && FINAL_CODES.has(error.code);
				const pause = isFinal ? null : this.#pauseAfter(error, attempts, Date.now() - began);
				if (pause === null) this.#change(message.key, { status: "failed" });
				if (isFinal) return true;
				if (pause === null) return false;
				await new Promise((resolve) => setTimeout(resolve, pause));
			}
			if (this.#isStopped) return true;
		}
	}

	/** How long to wait before the next attempt; null where its writer is to be asked. */
	#pauseAfter(error: unknown, attempts: number, passed: number): number | null {
		if (!(error instanceof RequestFailed)) {
			// Nobody knows what it is, so nobody knows that it passes.
			// biome-ignore lint/suspicious/noConsole: a fault of the page's own, for whoever mends it
			console.error(error);
			return null;
		}
		const isLive = this.store.get().connection === "live";
		const isUnanswered = error.code === null && error.retryAfterMs === null;
		if (isLive && isUnanswered && attempts >= ATTEMPTS_WHILE_LIVE) return null;
		const growing = Math.min(LONGEST_PAUSE_MS, PAUSE_MS * 2 ** (attempts - 1));
		const pause = isUnanswered ? PAUSE_MS : Math.max(growing, error.retryAfterMs ?? 0);
		return passed + (isUnanswered ? 0 : pause) > TRY_FOR_MS ? null : pause;
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

	#settle({ key }: Outgoing, sent: SentPartsFragment, asOf: string, readings: number): void {
		const { message, conversation } = sent;
		const refusal = sent.errors[0];
		// Sent before, and deleted since by another hand: it is not to be sent again.
		if (refusal && refusal.code !== "MESSAGE_DELETED") {
			this.#change(key, { status: "failed", refusal });
			return;
		}
		this.store.update((state) => {
			let next = without(state, key);
			// Everything was read anew since, in another feed perhaps, whose cursors tell nothing here.
			const isCurrent = state.readings === readings;
			if (conversation && isCurrent) next = withChat(next, conversation, asOf);
			if (message) {
				next = withAnsweredMessage(next, message, isCurrent ? asOf : "");
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
