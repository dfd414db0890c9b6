import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createSchema, createYoga } from "graphql-yoga";
import { loadersOf } from "./loaders.js";
import { resolvers } from "./resolvers.js";

const typeDefs = readFileSync(new URL("../../schema.graphql", import.meta.url), "utf8");

// Its caches of parsed and validated documents are on by default.
const yoga = createYoga({
	schema: createSchema({ typeDefs, resolvers }),
	context: ({ request }) => {
		const viewerId = request.headers.get("x-viewer");
		return { viewerId, loaders: loadersOf(viewerId) };
	},
	graphiql: false,
	landingPage: false,
	logging: "error",
});

createServer(yoga).listen(Number(process.env.PORT), "127.0.0.1");
