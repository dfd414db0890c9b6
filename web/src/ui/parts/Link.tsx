import type { ComponentProps, MouseEvent } from "react";
import { navigate } from "../routes";

/** A link within the page. Opening it elsewhere, by key or by menu, stays the browser's matter. */
export function Link({ href, onClick, ...rest }: ComponentProps<"a"> & { href: string }) {
	function follow(event: MouseEvent<HTMLAnchorElement>): void {
		onClick?.(event);
		const isPlain = !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
		if (event.defaultPrevented || event.button !== 0 || !isPlain) return;
		event.preventDefault();
		navigate(href);
	}
	return <a {...rest} href={href} onClick={follow} />;
}
