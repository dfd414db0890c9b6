import { texts } from "../../texts";
import { usePageTitle } from "../usePage";
import { ModeSection } from "./ModeSection";
import { PeopleSection } from "./PeopleSection";
import { TeachingSection } from "./TeachingSection";

/** Enough to show every rule by hand; an LMS has pages of its own for the rest. */
export function AdministrationPage() {
	usePageTitle(texts.administration);
	return (
		<main id="content" className="page" tabIndex={-1}>
			<h1>{texts.administration}</h1>
			<ModeSection />
			<TeachingSection />
			<PeopleSection />
		</main>
	);
}
