import { useEffect, useSyncExternalStore } from "react";
import { Store } from "../../model/store";
import { texts } from "../../texts";
import { Icon } from "./Icon";

interface Notices {
	/** What went wrong; shown until dismissed, or for a while. */
	alert: string | null;
	/** For whoever listens to the page: what came or changed. Never seen. */
	spoken: string;
}

/** What is told at the moment. */
export const notices = new Store<Notices>({ alert: null, spoken: "" });

export function alertPerson(text: string): void {
	notices.update((now) => ({ ...now, alert: text }));
}

/** What has been read aloud does not stay: somebody may find it there, though it was deleted. */
const SPOKEN_FOR_MS = 5_000;
let silence: ReturnType<typeof setTimeout> | undefined;

export function say(text: string): void {
	clearTimeout(silence);
	silence = setTimeout(hush, SPOKEN_FOR_MS);
	// The same words twice in a row are not read twice unless something differs.
	notices.update((now) => ({ ...now, spoken: now.spoken === text ? `${text} ` : text }));
}

export function hush(): void {
	notices.update((now) => ({ ...now, spoken: "" }));
}

export function forgetNotices(): void {
	notices.update(() => ({ alert: null, spoken: "" }));
}

export function alertFailure(): void {
	alertPerson(texts.wentWrong);
}

const SHOWN_FOR_MS = 8_000;

export function NoticeArea() {
	const { alert, spoken } = useSyncExternalStore(notices.subscribe, notices.get);
	const dismiss = () => notices.update((now) => ({ ...now, alert: null }));

	useEffect(() => {
		if (alert === null) return;
		const timer = setTimeout(
			() => notices.update((now) => (now.alert === alert ? { ...now, alert: null } : now)),
			SHOWN_FOR_MS,
		);
		return () => clearTimeout(timer);
	}, [alert]);

	return (
		<>
			<div className="visually-hidden" aria-live="polite" data-announcer>
				{spoken}
			</div>
			<div className="notices" role="alert">
				{alert !== null && (
					<div className="notice">
						<Icon name="warning" />
						<span>{alert}</span>
						<button
							type="button"
							className="icon-button"
							aria-label={texts.dismiss}
							onClick={dismiss}
						>
							<Icon name="close" />
						</button>
					</div>
				)}
			</div>
		</>
	);
}
