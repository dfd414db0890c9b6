import { useGraphiQL, useGraphiQLActions } from "@graphiql/react";
import { useEffect, useRef, useState } from "react";
import type { Role } from "../generated/operations";
import { isolated } from "../isolated";
import type { DemoPerson } from "../session/demo";
import { ask, type Headers } from "./ask";
import type { Example } from "./examples/example";
import { groupsFor } from "./examples/groups";

interface Props {
	people: DemoPerson[];
	chosen: DemoPerson | null;
	roles: Role[] | null;
	/** The token of whom one is. */
	token: string | null;
	fault: string;
	onChoose: (person: DemoPerson) => void;
}

/** What stands above GraphiQL: who one is, and operations to begin with. */
export function Bar({ people, chosen, roles, token, fault, onChoose }: Props) {
	const [hint, setHint] = useState("");
	const open = useOpener(setHint);
	useRenewedHeader(token);
	const groups = groupsFor(roles);
	return (
		<>
			<h1>Explorer</h1>
			{people.length > 0 ? (
				<label>
					You are
					<select
						value={chosen?.sourceId}
						onChange={({ target }) => {
							const person = people.find(({ sourceId }) => sourceId === target.value);
							if (person) onChoose(person);
						}}
					>
						{people.map(({ sourceId, name, description }) => (
							<option key={sourceId} value={sourceId}>
								{`${isolated(name)} · ${description}`}
							</option>
						))}
					</select>
				</label>
			) : null}
			<label>
				Examples
				<select
					value=""
					disabled={!open}
					onChange={({ target }) => {
						const [group, example] = target.value.split("/").map(Number);
						const found = groups[group ?? 0]?.examples[example ?? 0];
						if (found) void open?.(found);
					}}
				>
					<option value="" disabled>
						Open one in a new tab …
					</option>
					{groups.map(({ title, examples }, group) => (
						<optgroup key={title} label={title}>
							{examples.map((example, index) => (
								<option key={example.title} value={`${group}/${index}`}>
									{example.title}
								</option>
							))}
						</optgroup>
					))}
				</select>
			</label>
			<p role="status">{fault || hint || (people.length ? "" : NO_DEMO)}</p>
			{people.length > 0 ? <a href="/">Messages</a> : null}
		</>
	);
}

const NO_DEMO = 'Put a token into Headers: {"Authorization": "Bearer …"}';

/**
 * Opens an example in a new tab, with variables that do something; says why where there are none
 * for it. Null until there are editors.
 */
function useOpener(say: (hint: string) => void): ((example: Example) => Promise<void>) | null {
	const { addTab } = useGraphiQLActions();
	const queryEditor = useGraphiQL((state) => state.queryEditor);
	const variableEditor = useGraphiQL((state) => state.variableEditor);
	const headerEditor = useGraphiQL((state) => state.headerEditor);
	if (!queryEditor || !variableEditor || !headerEditor) return null;
	return async ({ query, from }) => {
		const typed = headerEditor.getValue();
		let variables: object | null = null;
		say("");
		if (from) {
			try {
				variables = from.variables(await ask(from.query, JSON.parse(typed || "{}") as Headers));
				if (!variables) return say(from.otherwise);
			} catch (error) {
				return say(error instanceof Error ? error.message : String(error));
			}
		}
		addTab();
		headerEditor.setValue(typed);
		variableEditor.setValue(variables ? JSON.stringify(variables, null, 2) : "");
		queryEditor.setValue(query);
	};
}

/** Puts a renewed token where an older one stands, in the tab one looks at; what runs goes on. */
function useRenewedHeader(token: string | null): void {
	const headerEditor = useGraphiQL((state) => state.headerEditor);
	const activeTab = useGraphiQL((state) => state.activeTabIndex);
	const given = useRef(new Set<string>());
	// biome-ignore lint/correctness/useExhaustiveDependencies: another tab has headers of its own
	useEffect(() => {
		if (!headerEditor || token === null) return;
		const typed = headerEditor.getValue();
		const old = [...given.current].find((each) => each !== token && typed.includes(each));
		if (old) headerEditor.setValue(typed.replaceAll(old, token));
		given.current.add(token);
	}, [headerEditor, activeTab, token]);
}
