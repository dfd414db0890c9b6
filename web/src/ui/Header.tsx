import { texts } from "../texts";
import { useSelected, useViewer } from "./context";
import { Avatar } from "./parts/Avatar";
import { Badge } from "./parts/Badge";
import { Icon, type IconName } from "./parts/Icon";
import { Link } from "./parts/Link";
import { isAdministrator } from "./people";
import { paths, type Route } from "./routes";

interface Place {
	label: string;
	icon: IconName;
	path: string;
	pages: Route["page"][];
}

const MESSAGES: Place = {
	label: texts.messages,
	icon: "messages",
	path: paths.messages,
	pages: ["messages", "chat", "new"],
};
const COURSES: Place = {
	label: texts.courses,
	icon: "course",
	path: paths.courses,
	pages: ["courses", "course"],
};
const ADMINISTRATION: Place = {
	label: texts.administration,
	icon: "administration",
	path: paths.administration,
	pages: ["administration"],
};

export function Header({
	route,
	hasExplorer,
	onSwitchPerson,
}: {
	route: Route;
	hasExplorer: boolean;
	onSwitchPerson: (() => void) | null;
}) {
	const viewer = useViewer();
	const unreadCount = useSelected((state) => state.unreadCount);
	const places = [MESSAGES, COURSES, ...(isAdministrator(viewer) ? [ADMINISTRATION] : [])];
	return (
		<header className="header">
			<nav className="header-nav" aria-label={texts.mainNavigation}>
				{places.map((place) => {
					const count = place === MESSAGES ? unreadCount : 0;
					return (
						<Link
							key={place.path}
							href={place.path}
							className="header-link"
							aria-current={place.pages.includes(route.page) ? "page" : undefined}
						>
							<Icon name={place.icon} />
							<span className="header-label">{place.label}</span>
							{count > 0 && <Badge count={count} />}
						</Link>
					);
				})}
			</nav>
			<div className="header-person">
				{hasExplorer && (
					<a
						className="icon-button"
						href="/graphql"
						aria-label={texts.explorer}
						title={texts.explorer}
					>
						<Icon name="explorer" />
					</a>
				)}
				<span className="visually-hidden">{texts.signedInAs(viewer.user.name)}</span>
				<Avatar person={viewer.user} size="small" />
				<span className="header-name" dir="auto" aria-hidden="true">
					{viewer.user.name}
				</span>
				{onSwitchPerson && (
					<button
						type="button"
						className="icon-button"
						aria-label={texts.switchPerson}
						title={texts.switchPerson}
						onClick={onSwitchPerson}
					>
						<Icon name="switch" />
					</button>
				)}
			</div>
		</header>
	);
}
