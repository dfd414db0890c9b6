import { useEffect, useState } from "react";
import { texts } from "../texts";
import { AdministrationPage } from "./administration/AdministrationPage";
import { useSelected, useViewer } from "./context";
import { CoursePage } from "./courses/CoursePage";
import { CoursesPage } from "./courses/CoursesPage";
import { Header } from "./Header";
import { MessagesPage } from "./messages/MessagesPage";
import { Blank } from "./parts/Blank";
import { Link } from "./parts/Link";
import { isAdministrator } from "./people";
import { paths, type Route, routeOf, useAddress } from "./routes";
import { useAnnouncements } from "./useAnnouncements";
import { useConnectionMark } from "./useConnectionMark";

export function App({
	hasExplorer,
	onSwitchPerson,
}: {
	hasExplorer: boolean;
	onSwitchPerson: (() => void) | null;
}) {
	const isKnown = useSelected((state) => state.viewer !== null);
	const route = routeOf(useAddress());
	if (!isKnown) return <Beginning />;
	return (
		<>
			<a className="skip-link" href="#content">
				{texts.skipToContent}
			</a>
			<Header route={route} hasExplorer={hasExplorer} onSwitchPerson={onSwitchPerson} />
			<Connection />
			<Listener />
			<Page route={route} />
		</>
	);
}

function Page({ route }: { route: Route }) {
	const viewer = useViewer();
	switch (route.page) {
		case "messages":
		case "chat":
		case "new":
			return <MessagesPage route={route} />;
		case "courses":
			return <CoursesPage />;
		case "course":
			return <CoursePage key={route.courseId} courseId={route.courseId} />;
		case "administration":
			if (isAdministrator(viewer)) return <AdministrationPage />;
			return <Nothing hint={texts.notForYou} />;
		case "unknown":
			return <Nothing hint={texts.nothingHereHint} />;
	}
}

function Nothing({ hint }: { hint: string }) {
	return (
		<main id="content" className="page" tabIndex={-1}>
			<Blank title={texts.nothingHere} hint={hint}>
				<Link className="button" href={paths.messages}>
					{texts.toMessages}
				</Link>
			</Blank>
		</main>
	);
}

const PATIENCE_MS = 4_000;

/** Until the first answer. */
function Beginning() {
	const [isSlow, setSlow] = useState(false);
	useEffect(() => {
		document.title = texts.messages;
		const timer = setTimeout(() => setSlow(true), PATIENCE_MS);
		return () => clearTimeout(timer);
	}, []);
	return (
		<main className="page-alone">
			<p className="loading" role="status">
				{isSlow ? texts.noServer : texts.loading}
			</p>
		</main>
	);
}

/** Shown a moment late: a connection that comes back at once is not worth a word. */
const QUIET_MS = 700;

function Connection() {
	useConnectionMark();
	const isLost = useSelected((state) => state.connection === "reconnecting");
	const [isShown, setShown] = useState(false);
	useEffect(() => {
		const timer = setTimeout(() => setShown(isLost), isLost ? QUIET_MS : 0);
		return () => clearTimeout(timer);
	}, [isLost]);
	return (
		<div className="connection" role="status">
			{isShown && <span>{texts.reconnecting}</span>}
		</div>
	);
}

/** Hears what arrives; a component of its own, so that what it hears redraws nothing. */
function Listener() {
	useAnnouncements();
	return null;
}
