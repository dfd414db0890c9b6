import { createHash } from "node:crypto";
import { GraphQLScalarType, Kind } from "graphql";
import { v7 } from "uuid";
import { rows } from "./database.js";
import { cursor, decode, encode } from "./ids.js";
import { statements } from "./statements.js";

const ADMINISTRATIVE = new Set(["OWNER", "ACCOUNT_ADMIN", "DEPARTMENT_ADMIN"]);

const Query = {
	viewer: (_, __, context) => context.loaders.viewer.load(context.viewerId),
	async conversations(_, { first }, context) {
		const found = await rows(statements.conversations, context.viewerId, first + 1);
		const shown = found.slice(0, first);
		const last = shown.at(-1);
		return {
			edges: shown.map((node) => ({ node })),
			pageInfo: {
				hasNextPage: found.length > first,
				endCursor: last ? cursor("conversations", last.listed_at, last.id) : null,
			},
		};
	},
	async conversation(_, { id }, context) {
		const [found] = await rows(statements.conversation, context.viewerId, decode(id));
		return found ?? null;
	},
};

const Mutation = {
	async sendMessage(_, { input }, context) {
		const { viewerId, loaders } = context;
		const { body, idempotencyKey } = input;
		const id = decode(input.conversationId);
		const [facts] = await rows(statements.facts, viewerId, id, idempotencyKey);
		if (!facts) throw new Error("There is no such conversation.");
		if (facts.closed_reason !== null || facts.first_id !== null) return refused(facts);
		const digest = createHash("sha256")
			.update(JSON.stringify(["sendMessage", id, body]))
			.digest("hex");
		const message = {
			id: v7(),
			conversation_id: id,
			sender_id: viewerId,
			body,
			course_id: null,
		};
		const [posted] = await rows(
			statements.send,
			...[id, new Date(), message.id, viewerId, body, null, idempotencyKey, digest],
		);
		Object.assign(message, { seq: posted.seq, sent_at: posted.sent_at });
		// What is known already is not asked for again.
		loaders.message.prime(message.id, message);
		loaders.peerReadSeq.prime(id, { read_seq: facts.peer_read_seq });
		loaders.closedReason.prime(facts.peer_id, { closed_reason: null });
		context.published?.(message, facts.peer_id);
		return {
			message,
			conversation: {
				id,
				peer_id: facts.peer_id,
				last_message_id: message.id,
				unread_count: posted.unread_count,
				last_activity_at: posted.sent_at,
			},
			errors: [],
		};
	},
};

function refused({ closed_reason: reason }) {
	return { errors: [{ code: "CHAT_CLOSED", message: "No.", field: null, reason }] };
}

const closedReason = async ({ peer_id }, _, { loaders }) =>
	(await loaders.closedReason.load(peer_id)).closed_reason;

const Conversation = {
	id: ({ id }) => encode("conversation", id),
	peer: ({ peer_id }, _, { loaders }) => loaders.user.load(peer_id),
	lastMessage: ({ last_message_id: id }, _, { loaders }) =>
		id === null ? null : loaders.message.load(id),
	unreadCount: (row) => row.unread_count,
	lastActivityAt: (row) => row.last_activity_at,
	mayReply: async (...args) => (await closedReason(...args)) === null,
	closedReason,
	async messages({ id }, { last, before }, { viewerId }) {
		const place = before ? JSON.parse(Buffer.from(before, "base64url"))[1] : 2 ** 31 - 1;
		const found = await rows(statements.messages, viewerId, id, last + 1, place);
		const shown = found.slice(0, last).reverse();
		return {
			edges: shown.map((node) => ({ node })),
			pageInfo: {
				hasPreviousPage: found.length > last,
				startCursor: shown.length ? cursor("messages", shown[0].seq) : null,
			},
		};
	},
};

const Message = {
	id: ({ id }) => encode("message", id),
	conversationId: (row) => encode("conversation", row.conversation_id),
	sender: (row, _, { loaders }) => loaders.user.load(row.sender_id),
	sentAt: (row) => row.sent_at,
	course: ({ course_id: id }, _, { loaders }) => (id === null ? null : loaders.course.load(id)),
	isMine: (row, _, { viewerId }) => row.sender_id === viewerId,
	async isReadByPeer(row, _, { viewerId, loaders }) {
		if (row.sender_id !== viewerId) return null;
		return (await loaders.peerReadSeq.load(row.conversation_id)).read_seq >= row.seq;
	},
};

const User = {
	id: ({ id }) => encode("user", id),
	photoUrl: (row) => row.photo_url,
	async department({ id }, _, { viewerId, loaders }) {
		const viewer = await loaders.viewer.load(viewerId);
		if (!ADMINISTRATIVE.has(viewer.role)) return null;
		return (await loaders.department.load(id))?.name ?? null;
	},
};

const Viewer = {
	user: ({ id }, _, { loaders }) => loaders.user.load(id),
	messagingMode: (row) => row.messaging_mode,
	unreadCount: (row) => row.unread_count,
	feedCursor: (row) => row.feed_epoch + row.feed_seq.toString(16).padStart(16, "0"),
};

export const DateTime = new GraphQLScalarType({
	name: "DateTime",
	serialize: (value) => value.toISOString(),
	parseValue: (value) => new Date(value),
	parseLiteral: (node) => (node.kind === Kind.STRING ? new Date(node.value) : undefined),
});

export const resolvers = {
	Query,
	Mutation,
	Conversation,
	Message,
	User,
	Viewer,
	Course: { id: ({ id }) => encode("course", id) },
	DateTime,
};
