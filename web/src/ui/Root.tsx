import { useSyncExternalStore } from "react";
import type { SignIn } from "../session/signIn";
import type { PageSettings } from "../settings";
import { texts } from "../texts";
import { App } from "./App";
import { ChoosePerson } from "./ChoosePerson";
import { ContinueAs } from "./ContinueAs";
import { MessengerContext } from "./context";
import { Blank } from "./parts/Blank";
import { Boundary } from "./parts/Boundary";
import { NoticeArea } from "./parts/notices";

export function Root({ signIn, settings }: { signIn: SignIn; settings: PageSettings }) {
	return (
		<>
			<Boundary>
				<Content signIn={signIn} settings={settings} />
			</Boundary>
			<NoticeArea />
		</>
	);
}

function Content({ signIn, settings }: { signIn: SignIn; settings: PageSettings }) {
	const state = useSyncExternalStore(signIn.store.subscribe, signIn.store.get);
	switch (state.kind) {
		case "signed in":
			return (
				<MessengerContext value={state.messenger}>
					<App
						// Another person's page begins empty, down to what stands in its fields.
						key={state.messenger.id}
						hasExplorer={settings.hasExplorer}
						onSwitchPerson={state.canSwitch ? () => signIn.switchPerson() : null}
					/>
					{state.proposed && (
						<ContinueAs
							name={state.proposed.name}
							onContinue={() => signIn.takeProposed()}
							onStay={() => signIn.declineProposed()}
						/>
					)}
				</MessengerContext>
			);
		case "choosing":
			return (
				<ChoosePerson
					wasRefused={state.wasRefused}
					onChoose={(sourceId) => signIn.choose(sourceId)}
				/>
			);
		case "signed out":
			return (
				<main className="page-alone">
					<Blank
						icon="lock"
						title={state.wasSignedIn ? texts.sessionEnded : texts.notSignedIn}
						hint={state.wasSignedIn ? texts.sessionEndedHint : texts.notSignedInHint}
					>
						{state.canRetry && (
							<button
								type="button"
								className="button button-primary"
								onClick={() => signIn.begin()}
							>
								{texts.tryAgain}
							</button>
						)}
					</Blank>
				</main>
			);
	}
}
