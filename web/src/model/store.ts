/** Holds a state and tells who looks at it that there is another. */
export class Store<State> {
	readonly #listeners = new Set<() => void>();

	constructor(private state: State) {}

	readonly get = (): State => this.state;

	readonly subscribe = (listener: () => void): (() => void) => {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	};

	update(change: (state: State) => State): void {
		const next = change(this.state);
		if (next === this.state) return;
		this.state = next;
		for (const listener of this.#listeners) listener();
	}
}
