import { readFileSync } from "node:fs";
import Fastify from "fastify";
import mercurius from "mercurius";
import { loadersOf } from "./loaders.js";
import { resolvers } from "./resolvers.js";

const schema = readFileSync(new URL("../../schema.graphql", import.meta.url), "utf8");

const app = Fastify();
app.register(mercurius, {
	schema,
	resolvers,
	// Compiled once a document has been asked for a second time.
	jit: 1,
	cache: true,
	context: ({ headers }) => {
		const viewerId = headers["x-viewer"];
		return { viewerId, loaders: loadersOf(viewerId) };
	},
});
await app.listen({ port: Number(process.env.PORT), host: "127.0.0.1" });
