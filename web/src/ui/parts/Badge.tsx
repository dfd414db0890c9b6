import { texts } from "../../texts";

const MOST = 999;

/** How many messages are unread. */
export function Badge({ count }: { count: number }) {
	return (
		<span className="badge">
			<span aria-hidden="true">{count > MOST ? `${MOST}+` : count}</span>
			<span className="visually-hidden">{texts.unread(count)}</span>
		</span>
	);
}
