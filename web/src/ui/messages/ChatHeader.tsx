import type { Person } from "../../model/state";
import { texts } from "../../texts";
import { useViewer } from "../context";
import { Avatar } from "../parts/Avatar";
import { Icon } from "../parts/Icon";
import { Link } from "../parts/Link";
import { roleOf } from "../people";
import { paths } from "../routes";

/** Who the other one is, and on a narrow screen the way back. */
export function ChatHeader({ person }: { person: Person }) {
	const viewer = useViewer();
	return (
		<header className="detail-head">
			<Link className="icon-button detail-back" href={paths.messages} aria-label={texts.back}>
				<Icon name="back" />
			</Link>
			<Avatar person={person} />
			<div className="detail-words">
				<h2 className="detail-name" dir="auto" tabIndex={-1}>
					{person.name}
				</h2>
				<p className="detail-role">
					{roleOf(person, viewer)}
					{person.status !== "ACTIVE" && ` · ${texts.statuses[person.status]}`}
				</p>
			</div>
		</header>
	);
}
