import type { Person } from "../../model/state";
import { texts } from "../../texts";
import { useViewer } from "../context";
import { departmentOf, roleOf } from "../people";
import { Avatar } from "./Avatar";

/** A person in a list: face, name, what they are. */
export function PersonRow({
	person,
	role,
}: {
	person: Person;
	/** What they are here, where that is more than the API tells of them everywhere. */
	role?: string;
}) {
	const viewer = useViewer();
	const facts = new Set([
		role ?? roleOf(person, viewer),
		departmentOf(person),
		person.status === "ACTIVE" ? null : texts.statuses[person.status],
	]);
	return (
		<span className="person">
			<Avatar person={person} />
			<span className="person-words">
				<span className="person-name" dir="auto">
					{person.name}
				</span>
				<span className="person-facts">{[...facts].filter(Boolean).join(" · ")}</span>
			</span>
		</span>
	);
}
