import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Session, SignedOut, subjectOf, type TokenSource } from "../src/session/tokens";
import { tokenOf } from "./tokens";

let told: string[];
let asked: number;
let answer: () => Promise<string | null>;

const source: TokenSource = {
	fetch: () => {
		asked += 1;
		return answer();
	},
};

function opened(token: string | null): Session {
	const session = new Session(source, {
		onHolder: (holder) => told.push(`holder ${holder}`),
		onAnother: (other) => told.push(`another ${subjectOf(other)}`),
		onEnd: () => told.push("end"),
	});
	if (token !== null) session.accept(token);
	return session;
}

const holder = (sub: string): string => JSON.stringify(["academy", sub]);

beforeEach(() => {
	vi.useFakeTimers();
	told = [];
	asked = 0;
	answer = async () => tokenOf("ada");
});

afterEach(() => {
	vi.useRealTimers();
});

test("It tells once whose it is; several who ask at once share one renewal.", async () => {
	const session = opened(null);
	const [one, other] = await Promise.all([session.token(), session.token()]);
	expect(one).toBe(other);
	expect(await session.token()).toBe(one);
	expect(asked).toBe(1);
	expect(await session.token(one)).not.toBe(one);
	expect(told).toEqual([`holder ${holder("ada")}`]);
});

test("A renewed token of somebody else's ends it, and is never given out.", async () => {
	const first = tokenOf("ada");
	const session = opened(first);
	answer = async () => tokenOf("ben");
	const all = await Promise.allSettled([session.token(first), session.token(first)]);
	for (const each of all) {
		expect(each.status === "rejected" && each.reason).toBeInstanceOf(SignedOut);
	}
	expect(told).toEqual([`holder ${holder("ada")}`, `another ${holder("ben")}`]);
	await expect(session.token()).rejects.toBeInstanceOf(SignedOut);
});

test("A pushed token of somebody else's ends it likewise.", async () => {
	const session = opened(tokenOf("ada"));
	expect(() => session.accept(tokenOf("ben"))).toThrow(SignedOut);
	await expect(session.token()).rejects.toBeInstanceOf(SignedOut);
	expect(told.at(-1)).toBe(`another ${holder("ben")}`);
});

test("Ended, it gives no token, asks for none, and takes none that was on its way.", async () => {
	const first = tokenOf("ada");
	const session = opened(first);
	let give = (_token: string): void => undefined;
	answer = () =>
		new Promise((resolve) => {
			give = resolve;
		});
	const late = expect(session.token(first)).rejects.toBeInstanceOf(SignedOut);
	session.end();
	session.end();
	give(tokenOf("ada"));
	await late;
	await expect(session.token()).rejects.toBeInstanceOf(SignedOut);
	expect(asked).toBe(1);
	expect(told.filter((each) => each === "end")).toHaveLength(1);
	expect(vi.getTimerCount()).toBe(0);
});

test("Silence ends nothing, not even for an expired token; the next answer serves.", async () => {
	const session = opened(tokenOf("ada", 60));
	const silent = new Error("silent");
	answer = async () => {
		throw silent;
	};
	vi.setSystemTime(Date.now() + 3600_000);
	await expect(session.token()).rejects.toBe(silent);
	expect(told).toEqual([`holder ${holder("ada")}`]);
	answer = async () => tokenOf("ada");
	await expect(session.token()).resolves.toContain(".");
});

test("While the source is silent the old token serves as long as it lives.", async () => {
	const first = tokenOf("ada", 60);
	const session = opened(first);
	answer = async () => {
		throw new Error("silent");
	};
	vi.setSystemTime(Date.now() + 40_000);
	expect(await session.token()).toBe(first);
});

test("A clock that is hours ahead ends nothing, and has nothing renewed before its time.", async () => {
	const twoHoursAgo = Date.now() - 2 * 3600_000;
	const first = tokenOf("ada", 3600, twoHoursAgo);
	const session = opened(first);
	answer = async () => null;
	expect(await session.token()).toBe(first);
	expect(asked).toBe(0);
	vi.setSystemTime(Date.now() + 2 * 3600_000);
	expect(await session.token()).toBe(first);
	expect(told).toEqual([`holder ${holder("ada")}`]);
});

test("A refusal ends it as soon as the server has refused the last token.", async () => {
	const first = tokenOf("ada");
	const session = opened(first);
	answer = async () => null;
	await expect(session.token(first)).rejects.toBeInstanceOf(SignedOut);
	expect(told.at(-1)).toBe("end");
});

test("It renews in time, though nobody asks; where that fails, again a little later.", async () => {
	opened(tokenOf("ada", 120));
	answer = async () => {
		throw new Error("silent");
	};
	await vi.advanceTimersByTimeAsync(89_000);
	expect(asked).toBe(0);
	await vi.advanceTimersByTimeAsync(7_000);
	expect(asked).toBe(2);
	answer = async () => tokenOf("ada", 120);
	await vi.advanceTimersByTimeAsync(5_000);
	expect(asked).toBe(3);
	await vi.advanceTimersByTimeAsync(80_000);
	expect(asked).toBe(3);
});

test("A short-lived token is renewed when half of its life is over, not at each use.", async () => {
	const session = opened(tokenOf("ada", 20));
	await session.token();
	await vi.advanceTimersByTimeAsync(9_000);
	expect(asked).toBe(0);
	await vi.advanceTimersByTimeAsync(2_000);
	expect(asked).toBe(1);
});
