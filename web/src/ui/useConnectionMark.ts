import { useEffect } from "react";
import { useSelected } from "./context";

/** Marks the document with how the feed is, at once: what a person is told comes a moment late. */
export function useConnectionMark(): void {
	const connection = useSelected((state) => state.connection);
	useEffect(() => {
		const { dataset } = document.documentElement;
		dataset.connection = connection;
		return () => {
			delete dataset.connection;
		};
	}, [connection]);
}
