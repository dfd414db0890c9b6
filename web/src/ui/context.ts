import { createContext, useContext, useSyncExternalStore } from "react";
import type { Messenger } from "../model/messenger";
import type { State } from "../model/state";

export const MessengerContext = createContext<Messenger | null>(null);

export function useMessenger(): Messenger {
	const messenger = useContext(MessengerContext);
	if (messenger === null) throw new Error("nobody is signed in here");
	return messenger;
}

/** A part of the state. The selector gives a part that is there, or a plain value: nothing new. */
export function useSelected<Part>(select: (state: State) => Part): Part {
	const { store } = useMessenger();
	return useSyncExternalStore(store.subscribe, () => select(store.get()));
}

/** The viewer, who is known wherever a page is shown. */
export function useViewer() {
	const viewer = useSelected((state) => state.viewer);
	if (viewer === null) throw new Error("the viewer is not known yet");
	return viewer;
}
