import {
	type FormEvent,
	type KeyboardEvent,
	type RefObject,
	useEffect,
	useId,
	useLayoutEffect,
	useRef,
	useState,
} from "react";
import type { Person, Target } from "../../model/state";
import { isVisible, trimmed } from "../../model/text";
import { texts } from "../../texts";
import { useMessenger } from "../context";
import { Icon } from "../parts/Icon";

/** As the API counts: code points. */
const MOST_CHARACTERS = 4_000;
/** From here on it says how many are left. */
const TELL_BELOW = 300;
/** The code of any key that an input method has taken. */
const IN_COMPOSITION = 229;
const TALLEST_PX = 200;

/** The field that a message is written in. What is not sent stays there, chat by chat. */
export function Composer({
	target,
	person,
	isOpening,
	onForgetCourse,
}: {
	target: Target;
	person: Person;
	/** Whether the chat has just been opened; one that opens again takes nobody's focus. */
	isOpening: RefObject<boolean>;
	/** Null where a message has to name the course. */
	onForgetCourse: (() => void) | null;
}) {
	const messenger = useMessenger();
	const [body, setBody] = useState(() => messenger.drafts.get(person.id) ?? "");
	const field = useRef<HTMLTextAreaElement>(null);
	const hintId = useId();
	const left = MOST_CHARACTERS - [...trimmed(body)].length;
	const maySend = isVisible(body) && left >= 0;

	useEffect(() => {
		// On a touch screen the keyboard would cover what one came to read.
		const hasKeys = matchMedia("(hover: hover) and (pointer: fine)").matches;
		if (isOpening.current && hasKeys) field.current?.focus();
		isOpening.current = false;
	}, [isOpening]);

	useLayoutEffect(() => {
		const element = field.current;
		if (!element) return;
		element.style.blockSize = "auto";
		element.style.blockSize = body ? `${Math.min(element.scrollHeight + 2, TALLEST_PX)}px` : "";
	}, [body]);

	function write(text: string): void {
		setBody(text);
		if (text) messenger.drafts.set(person.id, text);
		else messenger.drafts.delete(person.id);
	}

	function send(event?: FormEvent): void {
		event?.preventDefault();
		field.current?.focus();
		if (!maySend) return;
		messenger.outbox.send(target, trimmed(body));
		write("");
		// The course is named once; what follows belongs to the chat.
		if (target.kind === "contact") onForgetCourse?.();
	}

	function onKeyDown(event: KeyboardEvent): void {
		if (event.key !== "Enter" || event.shiftKey) return;
		// While an input method composes, Enter ends the word. Safari says so by the code alone.
		if (event.nativeEvent.isComposing || event.keyCode === IN_COMPOSITION) return;
		event.preventDefault();
		send();
	}

	return (
		<form className="composer" onSubmit={send}>
			{target.kind === "contact" && (
				<p className="composer-course">
					<Icon name="course" />
					<span>{texts.about(target.courseTitle)}</span>
					{onForgetCourse && (
						<button
							type="button"
							className="icon-button"
							aria-label={texts.withoutCourse}
							onClick={onForgetCourse}
						>
							<Icon name="close" />
						</button>
					)}
				</p>
			)}
			<div className="composer-row">
				<textarea
					ref={field}
					className="composer-field"
					aria-label={texts.message}
					aria-describedby={hintId}
					placeholder={texts.messageTo(person.name)}
					value={body}
					rows={1}
					dir={body === "" ? undefined : "auto"}
					enterKeyHint="send"
					onChange={(event) => write(event.target.value)}
					onKeyDown={onKeyDown}
				/>
				<button
					type="submit"
					className="send-button"
					aria-label={texts.send}
					title={texts.send}
					aria-disabled={!maySend}
				>
					<Icon name="send" />
				</button>
			</div>
			<span id={hintId} className="visually-hidden">
				{texts.composerHint}
			</span>
			{left < TELL_BELOW && (
				<p className="composer-left" data-over={left < 0 || undefined} role="status">
					{texts.charactersLeft(left)}
				</p>
			)}
		</form>
	);
}
