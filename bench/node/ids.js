/** Global ids as the service makes them: kind and UUID without its dashes. */
export const encode = (kind, id) => `${kind}_${id.replaceAll("-", "")}`;

/** The UUID in a global id. */
export function decode(text) {
	const hex = text.slice(text.indexOf("_") + 1);
	return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** An opaque place in a list. */
export const cursor = (...key) => Buffer.from(JSON.stringify(key)).toString("base64url");
