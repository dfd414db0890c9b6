import type { ReactNode } from "react";
import type { Paged } from "../hooks";
import { useWhenSeen } from "../hooks";
import { Failed, Loading } from "./Blank";

/** The lower end of a list that is read page by page; the children stand for an empty one. */
export function MoreOf({ list, children }: { list: Paged<unknown>; children: ReactNode }) {
	const end = useWhenSeen(list.more);
	if (list.status === "failed") return <Failed onRetry={list.again} />;
	if (list.status === "loading") return list.items.length === 0 ? <Loading /> : null;
	if (list.hasMore) return <div key={list.items.length} ref={end} className="list-end" />;
	return list.items.length === 0 ? children : null;
}
