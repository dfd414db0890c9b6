import { type ReactNode, useEffect, useId, useRef } from "react";
import { texts } from "../../texts";

/** Asks before something is done. The browser keeps the focus in it, and gives it back. */
export function ConfirmDialog({
	title,
	children,
	action,
	otherwise = texts.cancel,
	onConfirm,
	onClose,
}: {
	title: string;
	children: ReactNode;
	/** What the button says that does it. */
	action: string;
	/** What the button says that leaves all as it is. It has the focus first. */
	otherwise?: string;
	onConfirm: () => void;
	onClose: () => void;
}) {
	const dialog = useRef<HTMLDialogElement>(null);
	const titleId = useId();
	const bodyId = useId();
	useEffect(() => {
		dialog.current?.showModal();
	}, []);
	// Told at once: the browser's own word of it waits for a frame, in which whoever asks again would
	// find it open.
	function leave() {
		dialog.current?.close();
		onClose();
	}
	return (
		<dialog
			ref={dialog}
			className="dialog"
			aria-labelledby={titleId}
			aria-describedby={bodyId}
			onCancel={(event) => {
				event.preventDefault();
				leave();
			}}
			onClose={onClose}
		>
			<h2 id={titleId}>{title}</h2>
			<p id={bodyId}>{children}</p>
			<div className="dialog-actions">
				<button type="button" className="button" onClick={leave}>
					{otherwise}
				</button>
				<button
					type="button"
					className="button button-danger"
					onClick={() => {
						onConfirm();
						dialog.current?.close();
					}}
				>
					{action}
				</button>
			</div>
		</dialog>
	);
}
