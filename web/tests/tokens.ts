/** A token that reads as a platform's does; nobody here checks its signature. */
export function tokenOf(sub: string, lifetimeSeconds = 3600): string {
	const claims = { sub, account: "academy", exp: Date.now() / 1000 + lifetimeSeconds };
	return `e30.${btoa(JSON.stringify(claims))}.${Math.random()}`;
}
