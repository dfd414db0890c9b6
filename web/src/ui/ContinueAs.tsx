import { texts } from "../texts";
import { useSelected } from "./context";
import { ConfirmDialog } from "./parts/Dialog";

/** Asks before the page becomes another person's, because any page that opened it can propose one. */
export function ContinueAs({
	name,
	onContinue,
	onStay,
}: {
	name: string;
	onContinue: () => void;
	onStay: () => void;
}) {
	const present = useSelected((state) => state.viewer?.user.name ?? null);
	return (
		<ConfirmDialog
			title={texts.continueTitle(name)}
			action={texts.continueAs(name)}
			otherwise={texts.stay}
			onConfirm={onContinue}
			onClose={onStay}
		>
			{texts.continueBody(name, present)}
		</ConfirmDialog>
	);
}
