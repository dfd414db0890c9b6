import { explorerPlugin } from "@graphiql/plugin-explorer";
import { createGraphiQLFetcher } from "@graphiql/toolkit";
import { GraphiQL } from "graphiql";
import { useCallback, useEffect, useState } from "react";
import { createPortal } from "react-dom";
import type { Role } from "../generated/operations";
import { type DemoPerson, fetchPeople } from "../session/demo";
import { ask, headersFor } from "./ask";
import { Bar } from "./Bar";
import { type DemoSession, lastChosen, signIn } from "./demo";
import { MY_CHATS } from "./examples/everybody";

const fetcher = createGraphiQLFetcher({
	url: "/graphql",
	// The headers' editor becomes the payload of connection_init.
	subscriptionUrl: `${location.origin.replace(/^http/, "ws")}/graphql`,
	enableIncrementalDelivery: false,
});
// No history: it would keep the headers, and with them the token, in the storage.
const plugins = [explorerPlugin()];

// A token is replaced when nine tenths of its life are over.
const RENEW_AT = 0.9;

interface SignedIn extends DemoSession {
	roles: Role[];
}

/** GraphiQL under a bar; in the demo as one of its people. */
export function Explorer({ isDemo }: { isDemo: boolean }) {
	const [people, setPeople] = useState<DemoPerson[]>([]);
	const [session, setSession] = useState<SignedIn | null>(null);
	const [fault, setFault] = useState("");
	const [bar, setBar] = useState<HTMLElement | null>(null);

	const become = useCallback(async (person: DemoPerson) => {
		try {
			setSession(await signedIn(person));
			setFault("");
		} catch (error) {
			setFault(String(error));
		}
	}, []);

	useEffect(() => {
		if (!isDemo) return;
		fetchPeople().then(
			(found) => {
				setPeople(found);
				const person = lastChosen(found);
				if (person) void become(person);
			},
			(error) => setFault(String(error)),
		);
	}, [isDemo, become]);

	useEffect(() => {
		if (!session) return;
		const renew = () => void become(session.person);
		const timer = setTimeout(renew, session.expiresInSeconds * 1000 * RENEW_AT);
		return () => clearTimeout(timer);
	}, [session, become]);

	// In the demo nothing is asked before somebody is signed in, or cannot be.
	const isReady = !isDemo || session !== null || fault !== "";
	const content = (
		<Bar
			people={people}
			chosen={session?.person ?? null}
			roles={session?.roles ?? null}
			token={session?.token ?? null}
			fault={fault}
			onChoose={become}
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

async function signedIn(person: DemoPerson): Promise<SignedIn> {
	const session = await signIn(person);
	const { viewer } = await ask<{ viewer: { roles: Role[] } }>("{ viewer { roles } }", {
		Authorization: `Bearer ${session.token}`,
	});
	return { ...session, roles: viewer.roles };
}
