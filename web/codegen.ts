import type { CodegenConfig } from "@graphql-codegen/cli";

// What the operations of src/operations/ take and give, out of the server's own schema.
const config: CodegenConfig = {
	schema: "../schema.graphql",
	documents: "src/operations/*.graphql",
	generates: {
		"src/generated/operations.ts": {
			plugins: ["typescript", "typescript-operations", "typed-document-node"],
			config: {
				onlyOperationTypes: true,
				enumsAsTypes: true,
				avoidOptionals: { field: true, object: true, inputValue: false, defaultValue: false },
				useTypeImports: true,
				skipTypename: true,
				documentMode: "string",
				scalars: { DateTime: "string", ID: "string" },
			},
		},
	},
};

export default config;
