/**
 * Controls, formats (zero-width, direction), all white space, and what else fonts show as nothing:
 * fillers, variation selectors, the blank of braille; messaging/text.py has the same.
 */
const VISIBLE = /[^\p{Cc}\p{Cf}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/u;

/** Whether anything of the text shows: nothing else is a message. */
export const isVisible = (text: string): boolean => VISIBLE.test(text);

/** A message as it is sent: without blank lines around it, and without white space after it. */
export const trimmed = (text: string): string => text.replace(/^\s*\n/u, "").trimEnd();
