import { memo, type RefObject } from "react";
import type { DeleteScope } from "../../generated/operations";
import type { Message } from "../../model/state";
import { texts } from "../../texts";
import { formatMoment, formatTime } from "../format";
import { Icon } from "../parts/Icon";
import { Link } from "../parts/Link";
import { Menu } from "../parts/Menu";
import { paths } from "../routes";

export const MessageItem = memo(function MessageItem({
	message,
	senderName,
	isRead,
	mayDeleteForEveryone,
	onDelete,
	dividerRef,
}: {
	message: Message;
	senderName: string;
	isRead: boolean;
	mayDeleteForEveryone: boolean;
	onDelete: (message: Message, scope: DeleteScope) => void;
	/** Where the line above the first unread message is kept; null above all others. */
	dividerRef: RefObject<HTMLElement | null> | null;
}) {
	const choices = [{ label: texts.deleteForMe, onSelect: () => onDelete(message, "FOR_ME") }];
	if (mayDeleteForEveryone) {
		choices.push({
			label: texts.deleteForEveryone,
			onSelect: () => onDelete(message, "FOR_EVERYONE"),
		});
	}
	return (
		<li className="message" data-mine={message.isMine || undefined} data-seq={message.seq}>
			{dividerRef && (
				<span className="thread-divider" ref={dividerRef}>
					{texts.newMessages}
				</span>
			)}
			<div className="message-row">
				<div className="bubble">
					<span className="visually-hidden">{senderName}: </span>
					{message.course && (
						<Link className="message-course" href={paths.course(message.course.id)}>
							<Icon name="course" />
							<span>{texts.askedIn(message.course.title)}</span>
						</Link>
					)}
					<p className="message-body" dir="auto">
						{message.body}
					</p>
					<p className="message-meta">
						<time dateTime={message.sentAt} title={formatMoment(message.sentAt)}>
							{formatTime(message.sentAt)}
						</time>
						{message.isMine && (
							<span className="message-mark" data-read={isRead || undefined}>
								<Icon name={isRead ? "read" : "sent"} />
								<span className="visually-hidden">{isRead ? texts.read : texts.sent}</span>
							</span>
						)}
					</p>
				</div>
				<Menu label={texts.messageOptions} items={choices} />
			</div>
		</li>
	);
});
