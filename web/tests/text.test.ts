import { expect, test } from "vitest";
import { isVisible, trimmed } from "../src/model/text";

test.each([
	"",
	" \t\r\n\u00a0\u3000",
	"\u200b\u200d\u2060\ufeff\u00ad\u202e\u2066",
	"\u0001\u001b\u007f\u0085",
	"\u2028\u2029 \u180e\u{e0020}",
	"\u2800",
	"\u3164\u115f\u1160\uffa0",
	"\u034f\ufe0f\u{e0100}\u17b4",
])("What nobody can see is no message: %j.", (text) => {
	expect(isVisible(text)).toBe(false);
});

test.each(["x", "\u202ex", " \u{1f600} ", "\u0301", ".", "\u2801", "\u3163"])(
	"What shows is one: %j.",
	(text) => {
		expect(isVisible(text)).toBe(true);
	},
);

test.each([
	["Hello\n\n", "Hello"],
	["\n \n  Hello \t\n", "  Hello"],
	["One\n\n  Two", "One\n\n  Two"],
	["\u200bHere", "\u200bHere"],
	["  \n ", ""],
])("%j is sent as %j.", (written, sent) => {
	expect(trimmed(written)).toBe(sent);
});
