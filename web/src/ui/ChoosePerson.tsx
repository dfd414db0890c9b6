import { useCallback, useEffect, useState } from "react";
import { type DemoPerson, fetchPeople } from "../session/demo";
import { texts } from "../texts";
import { Avatar } from "./parts/Avatar";
import { Failed, Loading } from "./parts/Blank";

/** The demo's sign-in: nobody has a password there. */
export function ChoosePerson({
	wasRefused,
	onChoose,
}: {
	wasRefused: boolean;
	onChoose: (sourceId: string) => void;
}) {
	const [people, setPeople] = useState<DemoPerson[] | "loading" | "failed">("loading");
	const load = useCallback(() => {
		setPeople("loading");
		fetchPeople().then(setPeople, () => setPeople("failed"));
	}, []);
	useEffect(load, [load]);
	useEffect(() => {
		document.title = texts.messages;
	}, []);

	return (
		<main className="chooser">
			<h1>{texts.signInTitle}</h1>
			<p className="chooser-hint">{texts.signInHint}</p>
			{wasRefused && (
				<p className="chooser-refused" role="alert">
					{texts.noLongerHere}
				</p>
			)}
			{people === "loading" && <Loading />}
			{people === "failed" && <Failed onRetry={load} />}
			{Array.isArray(people) && (
				<ul className="chooser-people">
					{people.map((person) => (
						<li key={person.sourceId}>
							<button
								type="button"
								className="chooser-person"
								onClick={() => onChoose(person.sourceId)}
							>
								<Avatar person={{ ...person, id: person.sourceId }} size="large" />
								<span className="chooser-words">
									<span className="chooser-name" dir="auto">
										{person.name}
									</span>
									<span className="chooser-description">{person.description}</span>
								</span>
							</button>
						</li>
					))}
				</ul>
			)}
		</main>
	);
}
