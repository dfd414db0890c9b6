import postgres from "postgres";

/** Ten connections, as the service has; every statement is prepared once on each. */
export const sql = postgres(process.env.LMS_MESSAGES_DATABASE_URL, {
	max: 10,
	idle_timeout: 0,
	max_lifetime: null,
	types: {
		// Counters of feeds stay far below 2^53.
		bigint: { to: 20, from: [20], serialize: String, parse: Number },
	},
});

/** The rows of a statement with $1, $2, … */
export const rows = (text, ...values) => sql.unsafe(text, values, { prepare: true });
