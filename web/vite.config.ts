import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// For `npm run dev`: where the API is served meanwhile.
const server = process.env.LMS_MESSAGES_SERVER ?? "http://127.0.0.1:8000";
const proxy = {
	"^/graphql$": { target: server, ws: true },
	"^/(demo|photos)/": { target: server },
};

export default defineConfig({
	plugins: [react()],
	base: "/",
	build: {
		outDir: "../server/built",
		emptyOutDir: true,
		// Inlined files would be data: addresses, which the Content-Security-Policy refuses.
		assetsInlineLimit: 0,
		// Every browser that knows React 19's features knows <link rel="modulepreload">.
		modulePreload: { polyfill: false },
		chunkSizeWarningLimit: 5000, // Monaco, in the explorer alone
		rollupOptions: { input: ["index.html", "explorer.html"] },
	},
	worker: { format: "es" },
	server: { proxy },
	preview: { proxy },
	test: {
		environment: "node",
		// Longer than what a test waits for on a busy machine, which then says what did not come.
		testTimeout: 20_000,
		// Else the tests and graphql-ws each load a graphql of their own, which refuse each other.
		server: { deps: { inline: [/graphql/] } },
	},
});
