"""The limits, each with its reason. bench/hostile.py measures what they are worth."""

from typing import Final, NamedTuple

from gql.errors import OperationTooComplex


class Limit(NamedTuple):
    """How much of something there may be, and what to do about more."""

    of: str
    most: int
    mend: str

    def check(self, found: int) -> None:
        """Raise OperationTooComplex for more."""
        if found > self.most:
            raise self.exceeded()

    def exceeded(self) -> OperationTooComplex:
        """What to say of more."""
        return OperationTooComplex(f"There are more than {self.most:,} {self.of}: {self.mend}.")


_SPLIT = "ask for it in several operations"

# Of a document. The page's largest operation has 1,200 characters and 153 tokens; all that is
# written down for it has 5,000, 938 tokens and 142 fields. graphql-js asks for the schema with 72.

# Lexing is a Python loop over characters: this many take 6 ms.
CHARACTERS = Limit("characters in the document", 32_768, "pass values as variables and " + _SPLIT)
# An error is located by counting the lines before it.
LINES = Limit("lines in the document", 1_000, "write it in fewer")
# Parsed in 10 ms.
TOKENS = Limit("tokens in the document", 2_000, _SPLIT)
COMMENTS = Limit("comments in the document", 500, "leave them out")
OPERATIONS = Limit("operations in the document", 50, "send them one by one")
# Rules of validation compare fragments with each other.
FRAGMENTS = Limit("fragments in the document", 50, "use fewer")
SPREADS = Limit("fragment spreads in the document", 150, "use fewer")
FIELDS = Limit("fields in the document", 500, _SPLIT)
ALIASES = Limit("aliases in the document", 100, _SPLIT)
DIRECTIVES = Limit("directives in the document", 100, "use fewer")
# Arguments, fields of input objects, items of lists, variables: each is validated by itself.
VALUES = Limit("arguments, variables and literals in the document", 300, "pass input as a variable")
# Asking for the schema goes 15 deep, the page 7.
DEPTH = Limit("levels of fields in the operation", 20, "ask for less at once")

# Of what comes beside it: an input object here has four fields. Each may be coerced by itself, and
# each may be wrong.
VARIABLE_VALUES = Limit("values in `variables`", 500, "send fewer at once")
VARIABLE_DEPTH = Limit("levels in `variables`", 10, "no input is as deep")

# Of the costs below; an operator may set another limit. The list of chats costs 1,057, a thread
# 1,121, asking for the schema 4,130. So many fields take graphql-core 40 ms, and a tenth where
# compiled.
DEFAULT_COST_LIMIT: Final = 10_000

# What a field costs.
FIELD: Final = 1
# What it costs more where the database is asked: at a root, and for each list with a size.
READ: Final = 10
# What a text costs more that people wrote: it may have 4,000 characters, 24,000 bytes as JSON.
TEXT: Final = 10
# Which they are, by type and field.
TEXTS: Final = frozenset({("Message", "body")})
# A subscription is not asked once but at each event, of which nobody knows how many come.
SUBSCRIPTIONS_SHARE: Final = 10
# As many rows a list has that nobody can size: instructors of a course, errors of a mutation.
SHORT_LIST: Final = 5

# Fields with one name in one selection are compared in pairs, as are fragments. graphql-core counts
# comparisons; the page's operations need fewer than 1,500, and so many take up to 15 ms.
COMPARISONS: Final = 5_000
# So many errors say enough.
ERRORS_TOLD: Final = 5
# What errors repeat of a request may be as long as that.
LONGEST_MESSAGE: Final = 500
