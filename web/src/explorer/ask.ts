// One request of the explorer's own, with the headers of its editor.

export type Headers = Record<string, string>;

/** The data of the answer. Throws what went wrong, in a sentence. */
export async function ask<Data>(query: string, headers: Headers): Promise<Data> {
	const response = await fetch("/graphql", {
		method: "POST",
		headers: { "Content-Type": "application/json", ...headers },
		body: JSON.stringify({ query }),
	});
	const answer = await response.json();
	if (answer.errors) throw new Error(answer.errors[0].message);
	return answer.data;
}

/** The header that signs in with a token, as the editor shows it. */
export function headersFor(token: string): string {
	return JSON.stringify({ Authorization: `Bearer ${token}` }, null, 2);
}
