import { Api } from "../api";
import { WhoDocument } from "../generated/operations";
import { Messenger, type Unsent } from "../model/messenger";
import { Store } from "../model/store";
import type { PageSettings } from "../settings";
import { navigate, paths, routeOf } from "../ui/routes";
import { chosenPerson, demoSource } from "./demo";
import { isEmbedded, noSource, parentSource, takeTokenFromFragment } from "./production";
import { Session, subjectOf, type TokenSource } from "./tokens";

export type SignInState =
	| { kind: "choosing"; wasRefused: boolean }
	| { kind: "signed in"; messenger: Messenger; canSwitch: boolean; proposed: Proposed | null }
	| { kind: "signed out"; wasSignedIn: boolean; canRetry: boolean };

/** Somebody else as whom the page could go on; only the person who looks at it decides that. */
export interface Proposed {
	name: string;
	token: string;
}

/** Who is signed in: a token of the platform's, or, in the demo, the person that was picked. */
export class SignIn {
	readonly store: Store<SignInState>;
	readonly #parent: TokenSource | null;
	#session: Session | null = null;
	/** Whose session it is, as far as that is known. */
	#holder: string | null = null;
	/** What somebody whose session ended had written; for the same person only. */
	#left: { holder: string; unsent: Unsent } | null = null;

	constructor(private readonly settings: PageSettings) {
		const { parentOrigins } = settings;
		this.#parent = isEmbedded() && parentOrigins.length > 0 ? parentSource(parentOrigins) : null;
		this.store = new Store<SignInState>(this.#signedOut(false));
		addEventListener("hashchange", () => this.#takeAnother());
		addEventListener("beforeunload", (event) => {
			if (this.#hasUnsent()) event.preventDefault();
		});
		this.begin();
	}

	begin(): void {
		const token = takeTokenFromFragment();
		// Elsewhere it is not touched: in a sandboxed frame there is no storage to ask.
		const person = this.settings.isDemo ? chosenPerson.get() : null;
		if (token !== null) this.#signIn(this.#parent ?? noSource, token);
		else if (this.#parent) this.#signIn(this.#parent, null);
		else if (!this.settings.isDemo) this.store.update(() => this.#signedOut(false));
		else if (person !== null) this.#signIn(demoSource(person), null, true);
		else this.store.update(() => ({ kind: "choosing", wasRefused: false }));
	}

	choose(sourceId: string): void {
		chosenPerson.set(sourceId);
		this.#signIn(demoSource(sourceId), null, true);
	}

	switchPerson(): void {
		this.#leave();
		this.#left = null;
		this.#haveOneChosen(false);
	}

	/** Whoever is chosen next begins at the beginning: the address was the last one's. */
	#haveOneChosen(wasRefused: boolean): void {
		chosenPerson.forget();
		navigate(paths.messages, { replace: true });
		this.store.update(() => ({ kind: "choosing", wasRefused }));
	}

	#signIn(source: TokenSource, token: string | null, isDemo = false): void {
		this.#leave();
		const session: Session = new Session(source, {
			onHolder: (holder) => this.#recognise(holder, messenger),
			onAnother: (other) => this.#signIn(source, other, isDemo),
			onEnd: () => this.#end(session, isDemo),
		});
		const messenger = new Messenger(new Api(session), session);
		this.#session = session;
		if (token !== null) session.accept(token);
		this.store.update(() => ({
			kind: "signed in",
			messenger,
			canSwitch: isDemo,
			proposed: null,
		}));
		const route = routeOf(location.href);
		messenger.start(route.page === "chat" ? route.chatId : null);
	}

	/** Whoever comes back finds what they wrote; whoever else comes finds nothing of it. */
	#recognise(holder: string, messenger: Messenger): void {
		this.#holder = holder;
		if (this.#left?.holder === holder) messenger.takeUp(this.#left.unsent);
		this.#left = null;
	}

	#end(session: Session, isDemo: boolean): void {
		if (session !== this.#session) return;
		this.#leave();
		if (isDemo) this.#haveOneChosen(true);
		else this.store.update(() => this.#signedOut(true));
	}

	#leave(): void {
		const state = this.store.get();
		if (state.kind === "signed in") {
			state.messenger.stop();
			if (this.#holder) this.#left = { holder: this.#holder, unsent: state.messenger.unsent() };
		}
		this.#session?.close();
		this.#session = null;
		this.#holder = null;
	}

	#hasUnsent(): boolean {
		const state = this.store.get();
		const unsent = state.kind === "signed in" ? state.messenger.unsent() : this.#left?.unsent;
		return (unsent?.outbox.length ?? 0) > 0;
	}

	/**
	 * The platform renews by a new fragment. Any page that opened this one can set one as well, so
	 * another person's token changes nothing by itself.
	 */
	#takeAnother(): void {
		const token = takeTokenFromFragment();
		if (token === null) return;
		if (!this.#session) this.#signIn(this.#parent ?? noSource, token);
		else if (this.#holder === null || this.#holder === subjectOf(token)) {
			this.#session.accept(token);
		} else void this.#propose(this.#session, token);
	}

	/** Asks whoever looks at the page, by the name that the server knows; it knows no bad token. */
	async #propose(present: Session, token: string): Promise<void> {
		const name = await nameOf(token);
		if (name === null || present !== this.#session) return;
		this.store.update((state) => {
			// One question at a time: what is asked does not change under somebody's finger.
			if (state.kind !== "signed in" || state.proposed !== null) return state;
			return { ...state, proposed: { name, token } };
		});
	}

	/** Goes on as the one who was proposed. */
	takeProposed(): void {
		const state = this.store.get();
		if (state.kind !== "signed in" || state.proposed === null) return;
		this.#signIn(this.#parent ?? noSource, state.proposed.token);
	}

	/** Stays whoever is signed in. */
	declineProposed(): void {
		this.store.update((state) =>
			state.kind === "signed in" ? { ...state, proposed: null } : state,
		);
	}

	#signedOut(wasSignedIn: boolean): SignInState {
		return { kind: "signed out", wasSignedIn, canRetry: this.#parent !== null };
	}
}

/** Whose token it is, as the server says; null where it says nothing. */
async function nameOf(token: string): Promise<string | null> {
	const trial = new Session(noSource, {
		onHolder: () => undefined,
		onAnother: () => undefined,
		onEnd: () => undefined,
	});
	try {
		trial.accept(token);
		const { viewer } = await new Api(trial).query(WhoDocument, {});
		return viewer.user.name;
	} catch {
		return null;
	} finally {
		trial.close();
	}
}
