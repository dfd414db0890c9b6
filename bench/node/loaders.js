import DataLoader from "dataloader";
import { rows } from "./database.js";
import { statements } from "./statements.js";

/** One loader for each kind of thing that answers are made of, for one request of one viewer. */
export function loadersOf(viewerId) {
	return {
		viewer: new DataLoader((ids) => rows(statements.viewer, ids[0]), { batch: false }),
		user: byId("SELECT id, name, photo_url, role, status FROM users WHERE id = ANY($1::uuid[])"),
		message: byId(
			`SELECT id, conversation_id, seq, sender_id, body, sent_at, course_id
			FROM messages WHERE id = ANY($1::uuid[])`,
		),
		course: byId("SELECT id, title FROM courses WHERE id = ANY($1::uuid[])"),
		department: byId(
			`SELECT m.user_id AS id, string_agg(d.name, ', ' ORDER BY d.name) AS name
			FROM memberships m JOIN departments d ON d.id = m.department_id
			WHERE m.user_id = ANY($1::uuid[]) GROUP BY m.user_id`,
		),
		peerReadSeq: byId(
			`SELECT conversation_id AS id, read_seq FROM participants
			WHERE conversation_id = ANY($1::uuid[]) AND user_id <> $2`,
			viewerId,
		),
		// By the peer's id.
		closedReason: byId(statements.closedReasons, viewerId),
	};
}

function byId(text, ...others) {
	return new DataLoader(async (ids) => {
		const found = new Map();
		for (const row of await rows(text, ids, ...others)) found.set(row.id, row);
		return ids.map((id) => found.get(id) ?? null);
	});
}
