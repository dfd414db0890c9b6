import { texts } from "../texts";

/** The reader's own form of the page's language: 14:05 in Britain, 2:05 PM in America. */
const locale =
	globalThis.navigator?.languages.find((each) => each.split("-")[0] === texts.locale) ??
	texts.locale;

const time = new Intl.DateTimeFormat(locale, { hour: "numeric", minute: "2-digit" });
const weekday = new Intl.DateTimeFormat(locale, { weekday: "short" });
const dayOfYear = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short" });
const date = new Intl.DateTimeFormat(locale, { dateStyle: "medium" });
const longDay = new Intl.DateTimeFormat(locale, { weekday: "long", day: "numeric", month: "long" });
const longDate = new Intl.DateTimeFormat(locale, { dateStyle: "full" });
const moment = new Intl.DateTimeFormat(locale, { dateStyle: "full", timeStyle: "short" });
const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });

const DAY_MS = 86_400_000;

/** Midnight of the day, in the reader's own time zone. */
export function dayOf(instant: string | number): number {
	return new Date(instant).setHours(0, 0, 0, 0);
}

function daysAgo(instant: string, now: number): number {
	// Rounded, because days on which clocks change have 23 or 25 hours.
	return Math.round((dayOf(now) - dayOf(instant)) / DAY_MS);
}

const capitalised = (text: string): string =>
	text.charAt(0).toLocaleUpperCase(locale) + text.slice(1);

export const formatTime = (instant: string): string => time.format(new Date(instant));

export const formatMoment = (instant: string): string => moment.format(new Date(instant));

/** As short as a list wants it: the time today, then the weekday, then the date. */
export function formatActivity(instant: string, now: number): string {
	const ago = daysAgo(instant, now);
	if (ago <= 0) return formatTime(instant);
	if (ago === 1) return capitalised(relative.format(-1, "day"));
	if (ago < 7) return weekday.format(new Date(instant));
	const isThisYear = new Date(instant).getFullYear() === new Date(now).getFullYear();
	return (isThisYear ? dayOfYear : date).format(new Date(instant));
}

/** The heading of a day in a thread. */
export function formatDay(instant: string, now: number): string {
	const ago = daysAgo(instant, now);
	if (ago === 0 || ago === 1) return capitalised(relative.format(-ago, "day"));
	const isThisYear = new Date(instant).getFullYear() === new Date(now).getFullYear();
	return (isThisYear ? longDay : longDate).format(new Date(instant));
}

const graphemes = new Intl.Segmenter(texts.locale, { granularity: "grapheme" });

/** What turns text round, or is not seen: no letter to show. */
const MARKS = /[\u061c\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;
/** More marks than any language puts onto a letter. */
const TOWER = /(\p{M}{3})\p{M}+/gu;
/** No letter is longer; an emoji of a whole family is. */
const MOST_CODE_POINTS = 8;

/** One or two letters for a person without a photo. */
export function initialsOf(name: string): string {
	const words = name.replace(MARKS, "").trim().split(/\s+/u);
	const ends = words.length > 1 ? [words[0], words.at(-1)] : words;
	return ends
		.map((word) => firstLetterOf(word ?? ""))
		.join("")
		.toLocaleUpperCase(texts.locale);
}

function firstLetterOf(word: string): string {
	const letter = graphemes.segment(word)[Symbol.iterator]().next().value?.segment ?? "";
	return [...letter.replace(TOWER, "$1")].slice(0, MOST_CODE_POINTS).join("");
}
