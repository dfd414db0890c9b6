/** What the page knows. Never changed in place: who holds a part of it may compare by identity. */
import type {
	ChatPartsFragment,
	ErrorPartsFragment,
	FeedSubscription,
	MessagePartsFragment,
	PersonPartsFragment,
	ViewerPartsFragment,
} from "../generated/operations";

export type Person = PersonPartsFragment;
export type Message = MessagePartsFragment;
export type Viewer = ViewerPartsFragment;
export type Entry = FeedSubscription["feed"];
export type Refusal = ErrorPartsFragment;

export interface Chat extends ChatPartsFragment {
	/** Whether it stands on the list; a chat deleted from it can still be opened. */
	isListed: boolean;
	/** The place in the feed as of which this is told: what was read before that is older. */
	toldAt: string;
	/** The feed entry that cleared it, if one did. */
	clearedAt: string;
	/** Up to where the peer has read. */
	peerReadSeq: number;
}

export interface Thread {
	/** By seq. All of the conversation, from the first one here to the newest. */
	messages: readonly Message[];
	hasOlder: boolean;
	/** Where older ones begin. */
	startCursor: string | null;
	isLoaded: boolean;
}

/** Where an outgoing message goes. */
export type Target =
	| { kind: "chat"; peerId: string; conversationId: string }
	| { kind: "start"; peerId: string }
	| { kind: "contact"; peerId: string; courseId: string; courseTitle: string };

/** A message of the viewer's that the server has not answered for yet. */
export interface Outgoing {
	/** The idempotency key of every attempt at it. */
	key: string;
	target: Target;
	body: string;
	writtenAt: string;
	/** The newest seq that was known when it was written: it will get a greater one. */
	afterSeq: number;
	status: "sending" | "failed";
	/** Why the server did not take it; null where it could not be asked. */
	refusal: Refusal | null;
}

export interface State {
	/** Null until the first answer. */
	viewer: Viewer | null;
	unreadCount: number;
	/** The place in the feed up to which everything here is told. */
	cursor: string;
	chats: ReadonlyMap<string, Chat>;
	/** The part of the list that has been read, the newest first. */
	inbox: {
		hasMore: boolean;
		endCursor: string | null;
		/** The activity of the last chat read; chats older than that wait for their page. */
		frontier: string;
	};
	threads: ReadonlyMap<string, Thread>;
	outbox: readonly Outgoing[];
	/** Ids of messages that the outbox's answers named: none of these stands for another. */
	answered: ReadonlySet<string>;
	/** Ids of deleted messages: an answer read before the deletion brings none of them back. */
	gone: ReadonlySet<string>;
	connection: "starting" | "live" | "reconnecting";
	/** Counts what may have changed who teaches, who is here and what is allowed. */
	accessChanges: number;
	/** Counts how often everything was read anew. */
	readings: number;
}

export const EMPTY: State = {
	viewer: null,
	unreadCount: 0,
	cursor: "",
	chats: new Map(),
	inbox: { hasMore: false, endCursor: null, frontier: "" },
	threads: new Map(),
	outbox: [],
	answered: new Set(),
	gone: new Set(),
	connection: "starting",
	accessChanges: 0,
	readings: 0,
};

export const NO_THREAD: Thread = {
	messages: [],
	hasOlder: true,
	startCursor: null,
	isLoaded: false,
};
