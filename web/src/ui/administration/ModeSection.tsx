import { useState } from "react";
import { SetMessagingModeDocument } from "../../generated/operations";
import { texts } from "../../texts";
import { useMessenger, useViewer } from "../context";
import { attempt } from "./attempt";

/** Messaging on or off for the whole account (W3). */
export function ModeSection() {
	const { api } = useMessenger();
	const isOn = useViewer().messagingMode === "ON";
	const [isBusy, setBusy] = useState(false);

	async function change(): Promise<void> {
		setBusy(true);
		// The feed brings the new mode, here as everywhere.
		await attempt(api.mutate(SetMessagingModeDocument, { input: { mode: isOn ? "OFF" : "ON" } }));
		setBusy(false);
	}

	return (
		<section className="card mode" aria-labelledby="messaging-mode">
			<div>
				<h2 id="messaging-mode">{texts.messaging}</h2>
				<p className="hint" id="messaging-hint">
					{isOn ? texts.messagingIsOn : texts.messagingIsOff}
				</p>
			</div>
			<button
				type="button"
				role="switch"
				className="switch"
				aria-checked={isOn}
				aria-labelledby="messaging-mode"
				aria-describedby="messaging-hint"
				aria-busy={isBusy}
				onClick={() => isBusy || void change()}
			>
				<span className="switch-knob" />
			</button>
		</section>
	);
}
