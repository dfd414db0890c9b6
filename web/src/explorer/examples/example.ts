// What an example is, and what its variables are made of.

import type { Role } from "../../generated/operations";

export interface Example {
	title: string;
	query: string;
	/** What its variables are made of, where it has some. */
	from?: Source;
}

/** A query, and what its answer gives for variables: null where nothing there will do. */
export interface Source {
	query: string;
	variables: (data: unknown) => object | null;
	otherwise: string;
}

export interface Group {
	title: string;
	/** Who may; everybody where it says nothing. */
	roles?: Role[];
	examples: Example[];
}

export interface List<Node> {
	edges: { node: Node }[];
}

interface Chat {
	id: string;
	mayReply: boolean;
	lastMessage: { id: string; seq: number; isMine: boolean } | null;
}

interface Taught {
	id: string;
	instructors: { user: { id: string }; mayContact: boolean }[];
}

export function from<Data>(
	query: string,
	variables: (data: Data) => object | null | undefined,
	otherwise: string,
): Source {
	return { query, variables: (data) => variables(data as Data) ?? null, otherwise };
}

export function ofChat(variables: (chat: Chat) => object | null, otherwise: string): Source {
	return from<{ conversations: List<Chat> }>(
		"{ conversations { edges { node { id mayReply lastMessage { id seq isMine } } } } }",
		(data) => {
			for (const { node } of data.conversations.edges) {
				const found = variables(node);
				if (found) return found;
			}
			return null;
		},
		otherwise,
	);
}

export function ofCourse(
	variables: (course: Taught, instructor: Taught["instructors"][number]) => object | null,
	otherwise: string,
): Source {
	return from<{ courses: List<Taught> }>(
		"{ courses { edges { node { id instructors { user { id } mayContact } } } } }",
		(data) => {
			for (const { node } of data.courses.edges) {
				for (const instructor of node.instructors) {
					const found = variables(node, instructor);
					if (found) return found;
				}
			}
			return null;
		},
		otherwise,
	);
}
