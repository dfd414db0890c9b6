import { type ReactNode, type RefObject, useEffect, useRef } from "react";
import { isFocusLost } from "../focus";
import { Icon } from "../parts/Icon";

/** Where the field would be: why there is none. */
export function Closed({
	isOpening,
	children,
}: {
	/** Whether the chat has just been opened; afterwards it is closed under somebody's fingers. */
	isOpening: RefObject<boolean>;
	children: ReactNode;
}) {
	const note = useRef<HTMLParagraphElement>(null);
	useEffect(() => {
		if (!isOpening.current && isFocusLost()) note.current?.focus();
		isOpening.current = false;
	}, [isOpening]);
	return (
		<p ref={note} className="closed" role="note" tabIndex={-1}>
			<Icon name="lock" />
			<span>{children}</span>
		</p>
	);
}
