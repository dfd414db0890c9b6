import { type KeyboardEvent, useEffect, useId, useLayoutEffect, useRef, useState } from "react";
import { Icon } from "./Icon";

export interface MenuItem {
	label: string;
	onSelect: () => void;
}

/** Three dots that open a few choices (WAI-ARIA's menu button). */
export function Menu({ label, items }: { label: string; items: readonly MenuItem[] }) {
	const [isOpen, setOpen] = useState(false);
	const root = useRef<HTMLDivElement>(null);
	const button = useRef<HTMLButtonElement>(null);
	const list = useRef<HTMLDivElement>(null);
	const id = useId();

	useEffect(() => {
		if (!isOpen) return;
		list.current?.querySelector<HTMLElement>("[role=menuitem]")?.focus({ preventScroll: true });
		function closeElsewhere(event: Event): void {
			if (!root.current?.contains(event.target as Node)) setOpen(false);
		}
		document.addEventListener("pointerdown", closeElsewhere);
		return () => document.removeEventListener("pointerdown", closeElsewhere);
	}, [isOpen]);

	useLayoutEffect(() => {
		if (!isOpen) return;
		const place = (): void => placeWithin(list.current, root.current?.closest(".scroller"));
		place();
		addEventListener("resize", place);
		return () => removeEventListener("resize", place);
	}, [isOpen]);

	function close(): void {
		setOpen(false);
		button.current?.focus();
	}

	function onKeyDown(event: KeyboardEvent): void {
		const choices = [...(list.current?.querySelectorAll<HTMLElement>("[role=menuitem]") ?? [])];
		const at = choices.indexOf(document.activeElement as HTMLElement);
		const next = {
			ArrowDown: (at + 1) % choices.length,
			ArrowUp: (at - 1 + choices.length) % choices.length,
			Home: 0,
			End: choices.length - 1,
		}[event.key];
		if (next !== undefined) {
			event.preventDefault();
			choices[next]?.focus();
		} else if (event.key === "Escape") {
			event.stopPropagation();
			close();
		} else if (event.key === "Tab") setOpen(false);
	}

	return (
		<div className="menu" ref={root} data-open={isOpen || undefined}>
			<button
				ref={button}
				type="button"
				className="icon-button"
				aria-label={label}
				aria-haspopup="menu"
				aria-expanded={isOpen}
				aria-controls={isOpen ? id : undefined}
				onClick={() => setOpen(!isOpen)}
			>
				<Icon name="more" />
			</button>
			{isOpen && (
				<div
					ref={list}
					id={id}
					role="menu"
					tabIndex={-1}
					aria-label={label}
					className="menu-list"
					onKeyDown={onKeyDown}
				>
					{items.map((item) => (
						<button
							key={item.label}
							type="button"
							role="menuitem"
							tabIndex={-1}
							className="menu-item"
							onClick={() => {
								close();
								item.onSelect();
							}}
						>
							{item.label}
						</button>
					))}
				</div>
			)}
		</div>
	);
}

/** So far from what would cut it off. */
const GAP_PX = 4;

/** Opens upwards near the lower edge, and moves away from the sides, so that all of it is seen. */
function placeWithin(list: HTMLElement | null, scroller: Element | null | undefined): void {
	if (!list) return;
	list.removeAttribute("data-above");
	list.style.translate = "";
	const { left, right, bottom } = list.getBoundingClientRect();
	const room = roomOf(scroller ?? document.documentElement);
	list.toggleAttribute("data-above", bottom > room.bottom);
	const shift = Math.max(room.left - left, 0) || Math.min(room.right - right, 0);
	if (shift !== 0) list.style.translate = `${shift}px`;
}

/** What shows of a scroller's content; its bar stands at either side. */
function roomOf(scroller: Element): { left: number; right: number; bottom: number } {
	const left = scroller.getBoundingClientRect().left + scroller.clientLeft;
	return {
		left: Math.max(left, 0) + GAP_PX,
		right: Math.min(left + scroller.clientWidth, innerWidth) - GAP_PX,
		bottom: Math.min(scroller.getBoundingClientRect().bottom, innerHeight),
	};
}
