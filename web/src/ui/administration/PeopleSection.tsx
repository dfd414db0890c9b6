import { useState } from "react";
import {
	ActivateUserDocument,
	DeactivateUserDocument,
	RemoveUserDocument,
	type UserStatus,
	UsersDocument,
	type UsersQuery,
} from "../../generated/operations";
import { texts } from "../../texts";
import { useMessenger, useViewer } from "../context";
import { usePaged, useSettled } from "../hooks";
import { Blank } from "../parts/Blank";
import { ConfirmDialog } from "../parts/Dialog";
import { MoreOf } from "../parts/MoreOf";
import { PersonRow } from "../parts/PersonRow";
import { SearchField } from "../parts/SearchField";
import { useVersion } from "../usePage";
import { attempt } from "./attempt";

type User = UsersQuery["users"]["edges"][number]["node"];

/** Who may be here (W4, A1-A3): the server says where one may not decide it. */
export function PeopleSection() {
	const { api } = useMessenger();
	const [search, setSearch] = useState("");
	const [status, setStatus] = useState<UserStatus | null>(null);
	const [toRemove, setToRemove] = useState<User | null>(null);
	const name = useSettled(search.trim());
	const people = usePaged(`${status} ${name}`, useVersion(), async (after) => {
		const { users } = await api.query(UsersDocument, { search: name || null, status, after });
		return { items: users.edges.map(({ node }) => node), ...users.pageInfo };
	});

	const documents = {
		activate: ActivateUserDocument,
		deactivate: DeactivateUserDocument,
		remove: RemoveUserDocument,
	};

	async function change(user: User, how: keyof typeof documents): Promise<void> {
		const payload = await attempt(api.mutate(documents[how], { input: { userId: user.id } }));
		const changed = payload?.user;
		if (changed) people.replace(({ id }) => id === user.id, { ...user, ...changed });
	}

	return (
		<section aria-labelledby="people">
			<h2 id="people">{texts.people}</h2>
			<div className="filters">
				<SearchField label={texts.searchPeople} value={search} onChange={setSearch} />
				<select
					className="select"
					aria-label={texts.status}
					value={status ?? ""}
					onChange={(event) => setStatus((event.target.value || null) as UserStatus | null)}
				>
					<option value="">{texts.allStatuses}</option>
					<option value="ACTIVE">{texts.statuses.ACTIVE}</option>
					<option value="DEACTIVATED">{texts.statuses.DEACTIVATED}</option>
					<option value="REMOVED">{texts.statuses.REMOVED}</option>
				</select>
			</div>
			<ul className="people-list card" aria-label={texts.people}>
				{people.items.map((user) => (
					<li key={user.id} className="people-item">
						<PersonRow person={user} />
						<Actions
							user={user}
							onChange={(how) => {
								if (how === "remove") setToRemove(user);
								else void change(user, how);
							}}
						/>
					</li>
				))}
			</ul>
			<MoreOf list={people}>
				<Blank title={texts.noRecipients} />
			</MoreOf>
			{toRemove && (
				<ConfirmDialog
					title={texts.removeTitle(toRemove.name)}
					action={texts.remove}
					onConfirm={() => void change(toRemove, "remove")}
					onClose={() => setToRemove(null)}
				>
					{texts.removeBody(toRemove.name)}
				</ConfirmDialog>
			)}
		</section>
	);
}

function Actions({
	user,
	onChange,
}: {
	user: User;
	onChange: (how: "activate" | "deactivate" | "remove") => void;
}) {
	const viewer = useViewer();
	if (user.id === viewer.user.id) return <span className="hint">{texts.you}</span>;
	return (
		<span className="people-actions">
			{user.status !== "ACTIVE" && (
				<button
					type="button"
					className="button"
					aria-label={texts.activateNamed(user.name)}
					onClick={() => onChange("activate")}
				>
					{texts.activate}
				</button>
			)}
			{user.status === "ACTIVE" && (
				<button
					type="button"
					className="button"
					aria-label={texts.deactivateNamed(user.name)}
					onClick={() => onChange("deactivate")}
				>
					{texts.deactivate}
				</button>
			)}
			{user.status !== "REMOVED" && (
				<button
					type="button"
					className="button"
					aria-label={texts.removeNamed(user.name)}
					onClick={() => onChange("remove")}
				>
					{texts.remove}
				</button>
			)}
		</span>
	);
}
