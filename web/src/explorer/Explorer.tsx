import { explorerPlugin } from "@graphiql/plugin-explorer";
import { createGraphiQLFetcher } from "@graphiql/toolkit";
import { GraphiQL } from "graphiql";
import { useEffect, useState } from "react";
import { createPortal } from "react-dom";
import { type DemoPerson, fetchPeople } from "../session/demo";
import { headersFor } from "./ask";
import { Bar } from "./Bar";
import { lastChosen, type SignedIn, signIn } from "./demo";
import { MY_CHATS } from "./examples/everybody";

const fetcher = createGraphiQLFetcher({
	url: "/graphql",
	// The headers' editor becomes the payload of connection_init.
	subscriptionUrl: `${location.origin.replace(/^http/, "ws")}/graphql`,
	enableIncrementalDelivery: false,
});
// No history: it would keep the headers, and with them the token, in the storage.
const plugins = [explorerPlugin()];

/** GraphiQL under a bar; in the demo as one of its people. */
export function Explorer({ isDemo }: { isDemo: boolean }) {
	const [people, setPeople] = useState<DemoPerson[]>([]);
	const [session, setSession] = useState<SignedIn | null>(null);
	const [fault, setFault] = useState("");
	const [bar, setBar] = useState<HTMLElement | null>(null);
	const [wanted, setWanted] = useState<DemoPerson | null>(null);

	useEffect(() => {
		if (!isDemo) return;
		fetchPeople().then(
			(found) => {
				setPeople(found);
				setWanted(lastChosen(found) ?? null);
			},
			(error) => setFault(String(error)),
		);
	}, [isDemo]);

	useEffect(() => {
		if (!wanted) return;
		setFault("");
		return signIn(wanted, setSession, setFault);
	}, [wanted]);

	// In the demo nothing is asked before somebody is signed in, or cannot be.
	const isReady = !isDemo || session !== null || fault !== "";
	const content = (
		<Bar
			people={people}
			chosen={session?.person ?? wanted}
			roles={session?.roles ?? null}
			token={session?.token ?? null}
			fault={fault}
			onChoose={setWanted}
		/>
	);
	return (
		<div className="explorer">
			<header ref={setBar} />
			{isReady ? (
				// Another person, another GraphiQL: it takes its headers once. Its tabs it finds again.
				<GraphiQL
					key={session?.person.sourceId ?? ""}
					fetcher={fetcher}
					plugins={plugins}
					storage={sessionStorage}
					defaultQuery={MY_CHATS}
					defaultEditorToolsVisibility="variables"
					{...(session ? { defaultHeaders: headersFor(session.token) } : {})}
					inputValueDeprecation={true}
					schemaDescription={true}
				>
					{bar ? createPortal(content, bar) : null}
				</GraphiQL>
			) : null}
		</div>
	);
}
