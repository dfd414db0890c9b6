const SHAPES = {
	send: "M4.5 12 3 4.5l18 7.5-18 7.5L4.5 12Zm0 0H12",
	close: "M6 6l12 12M18 6 6 18",
	back: "M15 5l-7 7 7 7",
	plus: "M12 5v14M5 12h14",
	search: "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13Zm4.8-1.7L20 20",
	sent: "M5 12.5l4.5 4.5L19 7.5",
	read: "M2.5 12.5 7 17l9.5-9.5M12 16l1 1 9-9.5",
	sending: "M12 7v5l3 2M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18Z",
	warning:
		"M12 8v5m0 3.2v.1M10.3 4.3 2.6 18a2 2 0 0 0 1.7 3h15.4a2 2 0 0 0 1.7-3L13.7 4.3a2 2 0 0 0-3.4 0Z",
	down: "M12 5v14m-6-6 6 6 6-6",
	lock: "M7 11V8a5 5 0 0 1 10 0v3M6 11h12v9H6z",
	course: "M3 6.5 12 3l9 3.5-9 3.5-9-3.5Zm3.5 2v5.5c0 1.5 2.5 3 5.5 3s5.5-1.5 5.5-3V8.5M21 6.5V13",
	messages: "M4 5h16v11H9.5L5 20v-4H4z",
	administration:
		"M12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6Zm0-12v3m0 12v3M3 12h3m12 0h3M5.6 5.6l2.2 2.2m8.4 8.4 2.2 2.2m0-12.8-2.2 2.2m-8.4 8.4-2.2 2.2",
	more: "M12 5.5v.01M12 12v.01M12 18.5v.01",
	switch: "M4 8h14l-3.5-3.5M20 16H6l3.5 3.5",
	explorer: "M8 8l-4 4 4 4m8-8 4 4-4 4M13.5 5l-3 14",
};

export type IconName = keyof typeof SHAPES;

/** Those that point along the line turn round where lines run from right to left. */
const TURNS = new Set<IconName>(["send", "back"]);

/** A picture that says nothing by itself: the words stand beside it, or name its button. */
export function Icon({ name }: { name: IconName }) {
	const className = ["icon", TURNS.has(name) && "icon-turns", name === "more" && "icon-heavy"]
		.filter(Boolean)
		.join(" ");
	return (
		<svg className={className} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
			<path d={SHAPES[name]} />
		</svg>
	);
}
