"""The GraphQL documents that several tests send."""

_CHAT = """id unreadCount lastActivityAt mayReply closedReason
    peer { id name status } lastMessage { id body }"""
_MESSAGE = (
    "id conversationId seq body sentAt isMine isReadByPeer sender { name } course { id title }"
)

# What each mutation is asked for, its errors apart.
_PAYLOADS = {
    "startChat": f"message {{ {_MESSAGE} }} conversation {{ {_CHAT} }}",
    "contactInstructor": f"message {{ {_MESSAGE} }} conversation {{ {_CHAT} }}",
    "sendMessage": f"message {{ {_MESSAGE} }} conversation {{ {_CHAT} }}",
    "deleteMessage": f"messageId conversation {{ {_CHAT} }}",
    "deleteChat": f"conversationId conversation {{ {_CHAT} }}",
    "markRead": f"conversation {{ {_CHAT} }}",
    "setMessagingMode": "viewer { messagingMode }",
    "assignInstructor": "course { id } user { id }",
    "unassignInstructor": "course { id } user { id }",
    "deactivateUser": "user { id status }",
    "activateUser": "user { id status }",
    "removeUser": "user { id status }",
}


def _document(mutation: str, payload: str) -> str:
    input_type = f"{mutation[0].upper()}{mutation[1:]}Input"
    return f"""mutation ($input: {input_type}!) {{
        {mutation}(input: $input) {{ {payload} errors {{ code reason field message }} }} }}"""


MUTATIONS = {mutation: _document(mutation, payload) for mutation, payload in _PAYLOADS.items()}

VIEWER = "{ viewer { roles messagingMode unreadCount feedCursor user { id status } } }"

CONVERSATION = f"""query ($id: ID!) {{ conversation(id: $id) {{ {_CHAT}
    messages(first: 100) {{ edges {{ node {{ {_MESSAGE} }} }} }} }} }}"""

CONVERSATIONS = f"""{{ conversations(first: 100) {{ edges {{ node {{ {_CHAT} }} }} }} }}"""

COURSE = """query ($id: ID!) { course(id: $id) { id title
    instructors { user { id name photoUrl } mayContact contactRefusal } } }"""

RECIPIENTS = "{ recipients(first: 100) { edges { node { id name } } } }"

FEED = """subscription ($after: String) { feed(after: $after) { __typename cursor unreadCount
    ... on MessageSent { message { id seq body } conversation { id unreadCount } }
    ... on MessageDeleted { messageId conversation { id unreadCount lastMessage { id } } }
    ... on ChatDeleted { conversationId }
    ... on ChatRead { conversation { id unreadCount } userId upToSeq }
    ... on ChatStateChanged { conversation { id mayReply closedReason } }
    ... on AccessChanged { viewer { roles messagingMode } } } }"""
