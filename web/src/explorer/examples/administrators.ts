import { from, type Group, type List } from "./example";

export const ADMINISTRATORS: Group = {
	title: "Administrators",
	roles: ["OWNER", "ACCOUNT_ADMIN", "DEPARTMENT_ADMIN"],
	examples: [
		{
			title: "Whom I may write to",
			query: `query WhomIMayWriteTo {
  recipients(search: "", first: 20) {
    edges { node { id name role department conversation { id } } }
    pageInfo { hasNextPage endCursor }
  }
}
`,
		},
		{
			title: "Start a chat",
			query: `mutation StartAChat($input: StartChatInput!) {
  startChat(input: $input) {
    message { id body }
    conversation { id peer { name } }
    errors { code reason message }
  }
}
`,
			from: from<{ recipients: List<{ id: string }> }>(
				"{ recipients(first: 1) { edges { node { id } } } }",
				({ recipients: { edges } }) =>
					edges[0] && {
						input: {
							recipientId: edges[0].node.id,
							body: "Welcome! Write to me if anything is unclear.",
							idempotencyKey: crypto.randomUUID(),
						},
					},
				"There is nobody whom you may write to.",
			),
		},
	],
};
