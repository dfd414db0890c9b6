import { Api } from "../api";
import { Messenger } from "../model/messenger";
import { Store } from "../model/store";
import type { PageSettings } from "../settings";
import { routeOf } from "../ui/routes";
import { chosenPerson, demoSource } from "./demo";
import { isEmbedded, noSource, parentSource, takeTokenFromFragment } from "./production";
import { Session, subjectOf, type TokenSource } from "./tokens";

export type AccountState =
	| { kind: "choosing"; wasRefused: boolean }
	| { kind: "signed in"; messenger: Messenger; canSwitch: boolean }
	| { kind: "signed out"; wasSignedIn: boolean; canRetry: boolean };

/** Who is signed in: a token of the platform's, or, in the demo, the person that was picked. */
export class Account {
	readonly store: Store<AccountState>;
	readonly #parent: TokenSource | null;
	#session: Session | null = null;

	constructor(private readonly settings: PageSettings) {
		const { parentOrigins } = settings;
		this.#parent = isEmbedded() && parentOrigins.length > 0 ? parentSource(parentOrigins) : null;
		this.store = new Store<AccountState>(this.#signedOut(false));
		addEventListener("hashchange", () => this.#takeAnother());
		this.begin();
	}

	begin(): void {
		const token = takeTokenFromFragment();
		const person = chosenPerson.get();
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
		chosenPerson.forget();
		this.store.update(() => ({ kind: "choosing", wasRefused: false }));
	}

	#signIn(source: TokenSource, token: string | null, isDemo = false): void {
		this.#leave();
		const session = new Session(source, () => this.#end(session, isDemo), token);
		const messenger = new Messenger(new Api(session), session);
		this.#session = session;
		this.store.update(() => ({ kind: "signed in", messenger, canSwitch: isDemo }));
		const route = routeOf(location.href);
		messenger.start(route.page === "chat" ? route.chatId : null);
	}

	#end(session: Session, isDemo: boolean): void {
		if (session !== this.#session) return;
		this.#leave();
		if (isDemo) {
			chosenPerson.forget();
			this.store.update(() => ({ kind: "choosing", wasRefused: true }));
		} else this.store.update(() => this.#signedOut(true));
	}

	#leave(): void {
		const state = this.store.get();
		if (state.kind === "signed in") state.messenger.stop();
		this.#session = null;
	}

	/** The platform renews by a new fragment; another person's token begins anew. */
	#takeAnother(): void {
		const token = takeTokenFromFragment();
		if (token === null) return;
		if (this.#session?.holder === subjectOf(token)) this.#session.accept(token);
		else this.#signIn(this.#parent ?? noSource, token);
	}

	#signedOut(wasSignedIn: boolean): AccountState {
		return { kind: "signed out", wasSignedIn, canRetry: this.#parent !== null };
	}
}
