import { expect, test } from "vitest";
// What the server answers with the page, and everything else with 404.
import server from "../../server/pages/pages.py?raw";
import { routeOf } from "../src/ui/routes";

const [, list = ""] = /^ADDRESSES = \(([^)]*)\)/m.exec(server) ?? [];
const addresses = [...list.matchAll(/"([^"]+)"/g)].map(([, address = ""]) => address);

test("There is something at each address that the server has a page for.", () => {
	expect(addresses).toContain("/chats/{id}");
	const pages = addresses.map((address) => routeOf(address.replace("{id}", "x")).page);
	expect(pages).toEqual(["messages", "chat", "new", "courses", "course", "administration"]);
});

test.each([
	"/chats",
	"/chats/",
	"/chats/x/y",
	"/new/x",
	"/courses/x/y",
	"/administration/x",
	"/elsewhere",
])("There is nothing at %s.", (address) => {
	expect(routeOf(address)).toEqual({ page: "unknown" });
});

test("Ids and what is asked stand in the address.", () => {
	expect(routeOf("/chats/a%2Fb?course=k")).toEqual({ page: "chat", chatId: "a/b", courseId: "k" });
	expect(routeOf("/chats/100%")).toMatchObject({ chatId: "100%" });
	expect(routeOf("/new?to=p&course=k")).toEqual({ page: "new", personId: "p", courseId: "k" });
});
