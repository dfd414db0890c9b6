"""The rules, as data. Code looks them up; README.md shows them; tests prove them by id."""

from dataclasses import dataclass

from messaging.policy.relations import ADMINISTERS_ACCOUNT, ADMINISTERS_SUBTREE, STUDIES_UNDER


@dataclass(frozen=True, slots=True)
class Rule:
    """One sentence of the policy under its id."""

    id: str
    sentence: str


@dataclass(frozen=True, slots=True)
class StartRule(Rule):
    """A rule by which one person may start a chat with another: where the relation holds."""

    relation: str


# In the order in which a start names its rule.
STARTING: tuple[StartRule, ...] = (
    StartRule(
        "S1",
        "The account owner and account administrators may start a chat with any user of their "
        "account.",
        ADMINISTERS_ACCOUNT,
    ),
    StartRule(
        "S2",
        "A department administrator may start a chat with the users of the departments they "
        "administer and of all departments below.",
        ADMINISTERS_SUBTREE,
    ),
    StartRule(
        "S3",
        "A learner may start a chat with a user who is assigned as instructor to a course in "
        "which the learner is enrolled.",
        STUDIES_UNDER,
    ),
)

# startChat and recipients apply these, contactInstructor the rest.
ADMINISTRATIVE = STARTING[:2]

RULES: tuple[Rule, ...] = (
    Rule("S0", "Always: both are active, different, of one account, and messaging is ON."),
    *STARTING,
    Rule(
        "S4",
        "Nobody else may start one: a learner cannot write first to learners or administrators, "
        "an instructor cannot write first to learners.",
    ),
    Rule(
        "W1",
        "A participant may write while at least one of the two may start the chat with the other "
        "today.",
    ),
    Rule(
        "W2",
        "Otherwise the chat is closed: kept, readable, deletable, no new messages, with its "
        "reason. It opens again by itself when the cause goes.",
    ),
    Rule(
        "W3",
        "While messaging is OFF nobody may start or write; everything stays and is readable; a "
        "course still shows its instructors, and mayContact is false.",
    ),
    Rule(
        "W4",
        "A deactivated or removed user cannot sign in, and their live connections end. Their "
        "chats stay, with their name.",
    ),
    Rule(
        "D1",
        "The sender may delete a message for everyone: it disappears at once from every open "
        "page, its text leaves the database.",
    ),
    Rule(
        "D2",
        "Any participant may delete a message for themselves only: it disappears from their own "
        "devices.",
    ),
    Rule(
        "D3",
        "The owner and account administrators may delete any message for everyone in a "
        "conversation they take part in.",
    ),
    Rule(
        "D4",
        "Deleting a chat hides it from the deleter's list only, with all its messages up to now; "
        "a later message brings it back with only what is new.",
    ),
    Rule(
        "D5",
        "Unread = not mine, not deleted, after the read and the clear position. The read position "
        "never goes back and stops at the last message; sending does not mark read.",
    ),
    Rule("A1", "Nobody deactivates or removes themselves."),
    Rule("A2", "Only an owner does so to an owner or account administrator."),
    Rule("A3", "The last active owner stays."),
    Rule("A4", "Only active users are assigned as instructors."),
    Rule(
        "A5",
        "What was set by hand stands until undone by hand; a roster import reports it as kept. "
        "An import never removes anybody for good and never brings back the removed.",
    ),
)

_BY_ID = {rule.id: rule for rule in RULES}


def sentence(rule_id: str) -> str:
    """A rule as a person reads it in a refusal."""
    return f"{_BY_ID[rule_id].sentence} ({rule_id})"
