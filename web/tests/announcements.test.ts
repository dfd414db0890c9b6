import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Entry } from "../src/model/state";
import { texts } from "../src/texts";
import { alertPerson, notices } from "../src/ui/parts/notices";
import { announce } from "../src/ui/useAnnouncements";
import { deleted, message, mine, PEER, sent } from "./oneChat";

let listeners: Set<(entry: Entry) => void>;
let stop: () => void;

beforeEach(() => {
	vi.useFakeTimers();
	listeners = new Set();
	stop = announce({
		onEntry: (listener) => {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
	});
});

afterEach(() => {
	stop();
	vi.useRealTimers();
});

function arrives(entry: Entry): void {
	for (const listener of listeners) listener(entry);
}

const spoken = (): string => notices.get().spoken;
const HEARD = texts.incoming(PEER.name, "message 1");

test("What others write is told, what the viewer writes is not.", () => {
	arrives(sent("01", mine(2, "my own")));
	expect(spoken()).toBe("");
	arrives(sent("02", message(1)));
	expect(spoken()).toBe(HEARD);
});

test("What is deleted is not told any longer (D1).", () => {
	arrives(sent("01", message(1)));
	arrives(deleted("02", "m1", null));
	expect(spoken()).toBe("");
});

test("Whoever comes next to the screen is told nothing of what came before, and hears no more.", () => {
	arrives(sent("01", message(1)));
	alertPerson("It did not work.");
	stop();
	expect(notices.get()).toEqual({ alert: null, spoken: "" });
	arrives(sent("02", message(3)));
	expect(spoken()).toBe("");
});
