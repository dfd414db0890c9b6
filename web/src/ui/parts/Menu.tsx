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

	// Near the lower edge it opens upwards, so that nothing of it is cut off.
	useLayoutEffect(() => {
		const element = list.current;
		if (!isOpen || !element) return;
		const edge = root.current?.closest("section")?.getBoundingClientRect().bottom ?? innerHeight;
		element.toggleAttribute("data-above", element.getBoundingClientRect().bottom > edge);
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
