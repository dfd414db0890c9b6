import type { ReactNode } from "react";
import { texts } from "../../texts";
import { Icon, type IconName } from "./Icon";

/** A place where something could be, and a word on what. */
export function Blank({
	icon,
	title,
	hint,
	isStatus = false,
	children,
}: {
	icon?: IconName;
	title: string;
	hint?: string;
	/** Whether it is the outcome of what one does elsewhere, as looking for something. */
	isStatus?: boolean;
	children?: ReactNode;
}) {
	return (
		<div className="blank" role={isStatus ? "status" : undefined}>
			{icon && <Icon name={icon} />}
			<p className="blank-title">{title}</p>
			{hint && <p className="blank-hint">{hint}</p>}
			{children}
		</div>
	);
}

export function Loading() {
	return (
		<p className="loading" role="status">
			{texts.loading}
		</p>
	);
}

export function Failed({ onRetry }: { onRetry: () => void }) {
	return (
		<div className="failed" role="alert">
			<p>{texts.notLoaded}</p>
			<button type="button" className="button" onClick={onRetry}>
				{texts.tryAgain}
			</button>
		</div>
	);
}
