import { useState } from "react";
import { RecipientsDocument } from "../../generated/operations";
import { texts } from "../../texts";
import { useMessenger, useSelected, useViewer } from "../context";
import { usePaged, useSettled } from "../hooks";
import { Blank } from "../parts/Blank";
import { Icon } from "../parts/Icon";
import { Link } from "../parts/Link";
import { MoreOf } from "../parts/MoreOf";
import { PersonRow } from "../parts/PersonRow";
import { SearchField } from "../parts/SearchField";
import { mayStartChats } from "../people";
import { paths } from "../routes";

/** Picking somebody to write to. */
export function NewChat() {
	const viewer = useViewer();
	if (!mayStartChats(viewer))
		return <Blank title={texts.nothingHere} hint={texts.nothingHereHint} />;
	return (
		<>
			<header className="detail-head">
				<Link className="icon-button detail-back" href={paths.messages} aria-label={texts.back}>
					<Icon name="back" />
				</Link>
				<h2 className="detail-name">{texts.newChat}</h2>
			</header>
			{viewer.messagingMode === "OFF" ? (
				<Blank icon="lock" title={texts.recipientsOff} isStatus />
			) : (
				<Recipients />
			)}
		</>
	);
}

function Recipients() {
	const { api } = useMessenger();
	const version = useSelected((state) => state.accessChanges);
	const [search, setSearch] = useState("");
	const name = useSettled(search.trim());
	const people = usePaged(name, version, async (after) => {
		const { recipients } = await api.query(RecipientsDocument, { search: name || null, after });
		return { items: recipients.edges.map(({ node }) => node), ...recipients.pageInfo };
	});
	return (
		<div className="recipients">
			<SearchField label={texts.searchPeople} value={search} onChange={setSearch} autoFocus />
			<div className="scroller recipients-scroller">
				<ul className="people-list" aria-label={texts.recipients}>
					{people.items.map((person) => (
						<li key={person.id}>
							<Link
								className="person-link"
								href={
									person.conversation
										? paths.chat(person.conversation.id)
										: paths.chatWith(person.id)
								}
							>
								<PersonRow person={person} />
							</Link>
						</li>
					))}
				</ul>
				<MoreOf list={people}>
					<Blank isStatus title={texts.noRecipients} />
				</MoreOf>
			</div>
		</div>
	);
}
