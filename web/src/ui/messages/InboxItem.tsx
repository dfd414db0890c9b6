import { memo } from "react";
import type { Chat } from "../../model/state";
import { texts } from "../../texts";
import { useViewer } from "../context";
import { formatActivity, formatMoment } from "../format";
import { Avatar } from "../parts/Avatar";
import { Badge } from "../parts/Badge";
import { Icon } from "../parts/Icon";
import { Link } from "../parts/Link";
import { roleOf } from "../people";
import { paths } from "../routes";

export const InboxItem = memo(function InboxItem({
	chat,
	isOpen,
	now,
	onDelete,
}: {
	chat: Chat;
	isOpen: boolean;
	/** The list's, which keeps the time for all of its items. */
	now: number;
	onDelete: (chat: Chat) => void;
}) {
	const viewer = useViewer();
	const { peer, lastMessage, unreadCount } = chat;
	return (
		<li className="inbox-item" data-unread={unreadCount > 0 || undefined}>
			<Link
				className="inbox-link"
				href={paths.chat(chat.id)}
				aria-current={isOpen ? "true" : undefined}
			>
				<Avatar person={peer} />
				<span className="inbox-words">
					<span className="inbox-line">
						<span className="inbox-name" dir="auto">
							{peer.name}
						</span>
						<time
							className="inbox-time"
							dateTime={chat.lastActivityAt}
							title={formatMoment(chat.lastActivityAt)}
						>
							{formatActivity(chat.lastActivityAt, now)}
						</time>
					</span>
					<span className="inbox-role">{roleOf(peer, viewer)}</span>
					<span className="inbox-line">
						<span className="inbox-last">
							{lastMessage === null ? (
								texts.noMessageLeft
							) : (
								<>
									{lastMessage.isMine && texts.youSaid}
									<bdi>{lastMessage.body}</bdi>
								</>
							)}
						</span>
						{unreadCount > 0 && <Badge count={unreadCount} />}
					</span>
				</span>
			</Link>
			<button
				type="button"
				className="icon-button inbox-delete"
				aria-label={texts.deleteChatWith(peer.name)}
				title={texts.deleteChat}
				onClick={() => onDelete(chat)}
			>
				<Icon name="close" />
			</button>
		</li>
	);
});
