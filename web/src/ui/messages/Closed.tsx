import type { ReactNode } from "react";
import { Icon } from "../parts/Icon";

/** Where the field would be: why there is none. */
export function Closed({ children }: { children: ReactNode }) {
	return (
		<p className="closed" role="note">
			<Icon name="lock" />
			<span>{children}</span>
		</p>
	);
}
