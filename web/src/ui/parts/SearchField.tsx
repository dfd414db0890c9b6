import { Icon } from "./Icon";

/** A field to look for people by name. */
export function SearchField({
	label,
	value,
	onChange,
	autoFocus = false,
}: {
	label: string;
	value: string;
	onChange: (value: string) => void;
	/** Where one came to search. */
	autoFocus?: boolean;
}) {
	return (
		<label className="search-field">
			<Icon name="search" />
			<input
				type="search"
				aria-label={label}
				placeholder={label}
				value={value}
				maxLength={255}
				// An empty field that decides by itself runs from left to right, with its placeholder.
				dir={value === "" ? undefined : "auto"}
				// biome-ignore lint/a11y/noAutofocus: only where one came to search
				autoFocus={autoFocus}
				onChange={(event) => onChange(event.target.value)}
			/>
		</label>
	);
}
