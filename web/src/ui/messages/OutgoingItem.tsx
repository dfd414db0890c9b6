import type { Outgoing } from "../../model/state";
import { texts } from "../../texts";
import { useMessenger } from "../context";
import { Icon } from "../parts/Icon";

/** A message on its way, or one that found no way. */
export function OutgoingItem({ outgoing }: { outgoing: Outgoing }) {
	const { outbox } = useMessenger();
	const { key, body, status, refusal, target } = outgoing;
	const why = refusal && texts.errors[refusal.code];
	return (
		<li className="message" data-mine data-status={status}>
			<div className="message-row">
				<div className="bubble bubble-outgoing">
					<span className="visually-hidden">{texts.you}: </span>
					{target.kind === "contact" && (
						<span className="message-course">
							<Icon name="course" />
							<span>{texts.askedIn(target.courseTitle)}</span>
						</span>
					)}
					<p className="message-body" dir="auto">
						{body}
					</p>
					{status === "sending" && (
						<p className="message-meta">
							<Icon name="sending" />
							{texts.sending}
						</p>
					)}
				</div>
			</div>
			{status === "failed" && (
				<div className="message-failed" role="alert">
					<Icon name="warning" />
					<span>
						{texts.notSent} {why}
					</span>
					<button type="button" className="link-button" onClick={() => outbox.retry(key)}>
						{texts.tryAgain}
					</button>
					<button type="button" className="link-button" onClick={() => outbox.discard(key)}>
						{texts.discard}
					</button>
				</div>
			)}
		</li>
	);
}
