import { useState } from "react";
import { initialsOf } from "../format";

const HUES = 8;

/** The same person always has the same colour. */
function hueOf(id: string): number {
	let sum = 0;
	for (const character of id) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 9973;
	return sum % HUES;
}

/** A person's photo, or their initials. The name stands beside it. */
export function Avatar({
	person,
	size = "medium",
}: {
	person: { id: string; name: string; photoUrl: string | null };
	size?: "small" | "medium" | "large";
}) {
	const [failed, setFailed] = useState<string | null>(null);
	const { photoUrl } = person;
	if (photoUrl !== null && photoUrl !== failed) {
		return (
			<img
				className={`avatar avatar-${size}`}
				src={photoUrl}
				alt=""
				loading="lazy"
				decoding="async"
				onError={() => setFailed(photoUrl)}
			/>
		);
	}
	return (
		<span className={`avatar avatar-${size} avatar-hue-${hueOf(person.id)}`} aria-hidden="true">
			{initialsOf(person.name)}
		</span>
	);
}
