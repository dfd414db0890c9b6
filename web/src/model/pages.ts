import { Store } from "./store";

export interface Page<Item> {
	items: Item[];
	hasNextPage: boolean;
	endCursor: string | null;
}

export interface Pages<Item> {
	items: readonly Item[];
	status: "loading" | "ready" | "failed";
	hasMore: boolean;
}

/** What is asked: the page that follows, or all that are shown once more. */
type Question = "more" | "anew";

/** A list that is read page by page. Only the answer to the last question counts. */
export class PagedList<Item> {
	readonly store = new Store<Pages<Item>>({ items: [], status: "loading", hasMore: false });
	#endCursor: string | null = null;
	#asked: Question = "anew";
	#questions = 0;

	/** `load` reads the page after a cursor, the first one after null. */
	constructor(private readonly load: (after: string | null) => Promise<Page<Item>>) {}

	/**
	 * Reads as many anew as are shown, the first page where there are none. Until all of them are
	 * there the old ones stay, so that nobody loses their place.
	 */
	renew(): void {
		void this.#ask("anew");
	}

	/** Reads the next page, where there is one and nothing else is being read. */
	more(): void {
		const { status, hasMore } = this.store.get();
		if (status === "ready" && hasMore) void this.#ask("more");
	}

	/** Asks once more what could not be answered. */
	again(): void {
		void this.#ask(this.#asked);
	}

	/** Puts a newer version of an item into its place. */
	replace(isIt: (item: Item) => boolean, by: Item): void {
		this.store.update((now) => ({
			...now,
			items: now.items.map((item) => (isIt(item) ? by : item)),
		}));
	}

	async #ask(question: Question): Promise<void> {
		this.#asked = question;
		this.#questions += 1;
		const mine = this.#questions;
		this.store.update((now) => ({ ...now, status: "loading" }));
		const isCurrent = (): boolean => mine === this.#questions;
		try {
			const page = await (question === "more"
				? this.load(this.#endCursor)
				: this.#readAnew(isCurrent));
			if (!isCurrent()) return;
			this.#endCursor = page.endCursor;
			this.store.update(({ items }) => ({
				items: question === "more" ? [...items, ...page.items] : page.items,
				status: "ready",
				hasMore: page.hasNextPage,
			}));
		} catch {
			if (isCurrent()) this.store.update((now) => ({ ...now, status: "failed" }));
		}
	}

	async #readAnew(isCurrent: () => boolean): Promise<Page<Item>> {
		const wanted = this.store.get().items.length;
		const items: Item[] = [];
		let page = await this.load(null);
		items.push(...page.items);
		while (page.hasNextPage && items.length < wanted && isCurrent()) {
			page = await this.load(page.endCursor);
			items.push(...page.items);
		}
		return { ...page, items };
	}
}
