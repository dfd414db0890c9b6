"""The schema as docs promise it: the names, types, order and gates that clients rely on.

Written by hand from the design. Adding to the schema leaves it true; renaming does not.
"""

SKETCH = """
directive @requiresRole(anyOf: [Role!]!) on FIELD_DEFINITION
scalar DateTime

enum Role { OWNER ACCOUNT_ADMIN DEPARTMENT_ADMIN INSTRUCTOR LEARNER }
enum MessagingMode { ON OFF }
enum DeleteScope { FOR_ME FOR_EVERYONE }
enum UserStatus { ACTIVE DEACTIVATED REMOVED }
enum RefusalReason {
  SELF MESSAGING_OFF PEER_REMOVED PEER_DEACTIVATED INSTRUCTOR_UNASSIGNED NOT_ENROLLED
  NO_LONGER_PERMITTED NOT_PERMITTED
}
enum UserErrorCode {
  EMPTY_BODY BODY_TOO_LONG INVALID_TEXT CHAT_CLOSED MAY_NOT_START MAY_NOT_DELETE MAY_NOT_MANAGE
  MESSAGE_DELETED IDEMPOTENCY_KEY_REUSED
}

type Query {
  viewer: Viewer!
  conversations(
    first: Int = 20, after: String, unreadOnly: Boolean = false, search: String
  ): ConversationConnection!
  conversation(id: ID!): Conversation
  course(id: ID!): Course
  courses(first: Int = 20, after: String): CourseConnection!
  recipients(search: String, first: Int = 20, after: String): UserConnection!
    @requiresRole(anyOf: [OWNER, ACCOUNT_ADMIN, DEPARTMENT_ADMIN])
  users(search: String, status: UserStatus, first: Int = 20, after: String): UserConnection!
    @requiresRole(anyOf: [OWNER, ACCOUNT_ADMIN])
  node(id: ID!): Node
}

interface Node { id: ID! }
type Viewer {
  user: User! roles: [Role!]! messagingMode: MessagingMode! unreadCount: Int! feedCursor: String!
}
type User implements Node {
  id: ID! name: String! photoUrl: String role: Role! status: UserStatus! department: String
  conversation: Conversation
}
type Conversation implements Node {
  id: ID! peer: User! lastMessage: Message unreadCount: Int! lastActivityAt: DateTime!
  mayReply: Boolean! closedReason: RefusalReason
  messages(first: Int, after: String, last: Int, before: String): MessageConnection!
}
type Message implements Node {
  id: ID! conversationId: ID! seq: Int! sender: User! body: String! sentAt: DateTime!
  course: Course isMine: Boolean! isReadByPeer: Boolean
}
type Course implements Node { id: ID! title: String! instructors: [CourseInstructor!]! }
type CourseInstructor { user: User! mayContact: Boolean! contactRefusal: RefusalReason }

type PageInfo {
  hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String
}
type ConversationConnection { edges: [ConversationEdge!]! pageInfo: PageInfo! }
type ConversationEdge { cursor: String! node: Conversation! }
type CourseConnection { edges: [CourseEdge!]! pageInfo: PageInfo! }
type CourseEdge { cursor: String! node: Course! }
type UserConnection { edges: [UserEdge!]! pageInfo: PageInfo! }
type UserEdge { cursor: String! node: User! }
type MessageConnection { edges: [MessageEdge!]! pageInfo: PageInfo! }
type MessageEdge { cursor: String! node: Message! }

type Mutation {
  startChat(input: StartChatInput!): SendMessagePayload
    @requiresRole(anyOf: [OWNER, ACCOUNT_ADMIN, DEPARTMENT_ADMIN])
  contactInstructor(input: ContactInstructorInput!): SendMessagePayload
    @requiresRole(anyOf: [LEARNER])
  sendMessage(input: SendMessageInput!): SendMessagePayload
    @requiresRole(anyOf: [OWNER, ACCOUNT_ADMIN, DEPARTMENT_ADMIN, INSTRUCTOR, LEARNER])
  deleteMessage(input: DeleteMessageInput!): DeleteMessagePayload
    @requiresRole(anyOf: [OWNER, ACCOUNT_ADMIN, DEPARTMENT_ADMIN, INSTRUCTOR, LEARNER])
  deleteChat(input: DeleteChatInput!): DeleteChatPayload
    @requiresRole(anyOf: [OWNER, ACCOUNT_ADMIN, DEPARTMENT_ADMIN, INSTRUCTOR, LEARNER])
  markRead(input: MarkReadInput!): MarkReadPayload
    @requiresRole(anyOf: [OWNER, ACCOUNT_ADMIN, DEPARTMENT_ADMIN, INSTRUCTOR, LEARNER])
  setMessagingMode(input: SetMessagingModeInput!): SetMessagingModePayload
    @requiresRole(anyOf: [OWNER, ACCOUNT_ADMIN])
  assignInstructor(input: AssignInstructorInput!): AssignInstructorPayload
    @requiresRole(anyOf: [OWNER, ACCOUNT_ADMIN])
  unassignInstructor(input: UnassignInstructorInput!): UnassignInstructorPayload
    @requiresRole(anyOf: [OWNER, ACCOUNT_ADMIN])
  deactivateUser(input: DeactivateUserInput!): DeactivateUserPayload
    @requiresRole(anyOf: [OWNER, ACCOUNT_ADMIN])
  activateUser(input: ActivateUserInput!): ActivateUserPayload
    @requiresRole(anyOf: [OWNER, ACCOUNT_ADMIN])
  removeUser(input: RemoveUserInput!): RemoveUserPayload
    @requiresRole(anyOf: [OWNER, ACCOUNT_ADMIN])
}
input StartChatInput { recipientId: ID! body: String! idempotencyKey: String }
input ContactInstructorInput {
  courseId: ID! instructorId: ID! body: String! idempotencyKey: String
}
input SendMessageInput { conversationId: ID! body: String! idempotencyKey: String }
input DeleteMessageInput { messageId: ID! scope: DeleteScope! }
input DeleteChatInput { conversationId: ID! }
input MarkReadInput { conversationId: ID! upToSeq: Int! }
input SetMessagingModeInput { mode: MessagingMode! }
input AssignInstructorInput { courseId: ID! userId: ID! }
input UnassignInstructorInput { courseId: ID! userId: ID! }
input DeactivateUserInput { userId: ID! }
input ActivateUserInput { userId: ID! }
input RemoveUserInput { userId: ID! }
type SendMessagePayload { message: Message conversation: Conversation errors: [UserError!]! }
type DeleteMessagePayload { messageId: ID conversation: Conversation errors: [UserError!]! }
type DeleteChatPayload { conversationId: ID errors: [UserError!]! }
type MarkReadPayload { conversation: Conversation errors: [UserError!]! }
type SetMessagingModePayload { viewer: Viewer errors: [UserError!]! }
type AssignInstructorPayload { course: Course errors: [UserError!]! }
type UnassignInstructorPayload { course: Course errors: [UserError!]! }
type DeactivateUserPayload { user: User errors: [UserError!]! }
type ActivateUserPayload { user: User errors: [UserError!]! }
type RemoveUserPayload { user: User errors: [UserError!]! }
type UserError {
  code: UserErrorCode! message: String! field: String reason: RefusalReason
}

type Subscription {
  messageSent(conversationId: ID, after: String): MessageSent!
  feed(after: String): FeedEntry!
}
interface FeedEntry { cursor: String! unreadCount: Int! }
type MessageSent implements FeedEntry {
  cursor: String! unreadCount: Int! message: Message! conversation: Conversation!
}
type MessageDeleted implements FeedEntry {
  cursor: String! unreadCount: Int! messageId: ID! conversation: Conversation!
}
type ChatDeleted implements FeedEntry {
  cursor: String! unreadCount: Int! conversationId: ID!
}
type ChatRead implements FeedEntry {
  cursor: String! unreadCount: Int! conversation: Conversation! userId: ID! upToSeq: Int!
}
type ChatStateChanged implements FeedEntry {
  cursor: String! unreadCount: Int! conversation: Conversation!
}
type AccessChanged implements FeedEntry { cursor: String! unreadCount: Int! viewer: Viewer! }
"""
