import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createPubSub, createSchema } from "graphql-yoga";
import { useServer } from "graphql-ws/use/ws";
import { WebSocketServer } from "ws";

// An own event for each subscriber, whole and in memory: nothing is read when it is published.
const events = JSON.parse(readFileSync(process.env.BENCH_EVENTS, "utf8"));
const typeDefs = readFileSync(new URL("../../schema.graphql", import.meta.url), "utf8");
const pubsub = createPubSub();

const schema = createSchema({
	typeDefs,
	resolvers: {
		Subscription: {
			feed: {
				subscribe: (_, __, { viewerId }) => pubsub.subscribe("feed", viewerId),
				resolve: (event) => event,
			},
		},
	},
});

const server = createServer((_, response) => {
	for (const viewerId in events) pubsub.publish("feed", viewerId, events[viewerId]);
	response.end("published");
});
useServer(
	{ schema, context: ({ connectionParams }) => ({ viewerId: connectionParams.viewerId }) },
	new WebSocketServer({ server, path: "/graphql" }),
);
server.listen(Number(process.env.PORT), "127.0.0.1");
