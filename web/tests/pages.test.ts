import { beforeEach, expect, test } from "vitest";
import { type Page, PagedList } from "../src/model/pages";

interface Asked {
	after: string | null;
	answer(page: Page<number>): void;
	fail(): void;
}

let asked: Asked[];
let list: PagedList<number>;

beforeEach(() => {
	asked = [];
	list = new PagedList(
		(after) =>
			new Promise((answer, fail) => {
				asked.push({ after, answer, fail: () => fail(new Error("no network")) });
			}),
	);
});

/** Two items, and whether others follow. */
const page = (first: number, hasNextPage = true): Page<number> => ({
	items: [first, first + 1],
	hasNextPage,
	endCursor: `after ${first + 1}`,
});

/** Answers what was asked last, or fails it. */
async function settle(how: (last: Asked) => void): Promise<void> {
	const last = asked.at(-1);
	if (!last) throw new Error("nothing was asked");
	how(last);
	await new Promise((resume) => setTimeout(resume));
}

async function twoPages(): Promise<void> {
	list.renew();
	await settle((last) => last.answer(page(1)));
	list.more();
	await settle((last) => last.answer(page(3)));
}

const cursors = (): (string | null)[] => asked.map(({ after }) => after);

test("It is read page by page, and one page at a time.", async () => {
	list.renew();
	list.more();
	expect(cursors()).toEqual([null]);
	await settle((last) => last.answer(page(1)));
	list.more();
	list.more();
	await settle((last) => last.answer(page(3, false)));
	list.more();
	expect(cursors()).toEqual([null, "after 2"]);
	expect(list.store.get()).toEqual({ items: [1, 2, 3, 4], status: "ready", hasMore: false });
});

test("Read anew, as many come as were shown, all of them at once.", async () => {
	await twoPages();
	list.renew();
	await settle((last) => last.answer(page(11)));
	expect(list.store.get().items).toEqual([1, 2, 3, 4]);
	await settle((last) => last.answer(page(13)));
	expect(list.store.get()).toEqual({ items: [11, 12, 13, 14], status: "ready", hasMore: true });
	list.more();
	expect(cursors()).toEqual([null, "after 2", null, "after 12", "after 14"]);
});

test("Fewer than before are all there are.", async () => {
	await twoPages();
	list.renew();
	await settle((last) => last.answer(page(11, false)));
	expect(list.store.get()).toEqual({ items: [11, 12], status: "ready", hasMore: false });
});

test("Tried again, it asks what failed: the next page, or everything anew.", async () => {
	await twoPages();
	list.more();
	await settle((last) => last.fail());
	expect(list.store.get()).toEqual({ items: [1, 2, 3, 4], status: "failed", hasMore: true });
	list.again();
	expect(asked.at(-1)?.after).toBe("after 4");
	await settle((last) => last.answer(page(5)));
	list.renew();
	await settle((last) => last.fail());
	expect(list.store.get().items).toEqual([1, 2, 3, 4, 5, 6]);
	list.again();
	expect(asked.at(-1)?.after).toBeNull();
});

test("Only the last question's answer counts.", async () => {
	list.renew();
	const [first] = asked;
	list.renew();
	await settle((last) => last.answer(page(11)));
	first?.answer(page(1));
	await settle(() => undefined);
	expect(list.store.get().items).toEqual([11, 12]);
});
