const FIRST_STRONG_ISOLATE = "\u2068";
const POP_ISOLATE = "\u2069";
const ISOLATE_MARKS = /[\u2066-\u2069]/gu;
/** Among these is what ends a paragraph, and with it every isolate. */
const CONTROLS = /[\p{Cc}\u2029]+/gu;

/**
 * A name or title, to stand within a sentence: whatever direction it has, or gives itself by marks,
 * what stands around it keeps its own. Isolates that it begins are ended, ends of none are left out.
 */
export function isolated(text: string): string {
	let open = 0;
	const balanced = text.replace(CONTROLS, " ").replace(ISOLATE_MARKS, (mark) => {
		if (mark === POP_ISOLATE && open === 0) return "";
		open += mark === POP_ISOLATE ? -1 : 1;
		return mark;
	});
	return FIRST_STRONG_ISOLATE + balanced + POP_ISOLATE.repeat(open + 1);
}
