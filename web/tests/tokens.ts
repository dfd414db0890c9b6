/** A token that reads as a platform's does; nobody here checks its signature. */
export function tokenOf(
	sub: string,
	lifetimeSeconds = 3600,
	issuedAt = Date.now(),
	account = "academy",
): string {
	const iat = issuedAt / 1000;
	const claims = { sub, account, iat, exp: iat + lifetimeSeconds };
	return `e30.${btoa(JSON.stringify(claims))}.${Math.random()}`;
}
