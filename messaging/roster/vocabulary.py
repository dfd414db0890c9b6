"""What the words of a roster mean. Spaces, underscores, hyphens and case do not matter."""

from enum import StrEnum


class Claim(StrEnum):
    """The administrative role that a roster's word stands for."""

    OWNER = "OWNER"
    ACCOUNT_ADMIN = "ACCOUNT_ADMIN"
    DEPARTMENT_ADMIN = "DEPARTMENT_ADMIN"
    # OneRoster 1.1 has one word for both; whether its org is the sole root decides.
    ADMINISTRATOR = "ADMINISTRATOR"


class Part(StrEnum):
    """What somebody does in a class, as far as it concerns us."""

    STUDIES = "STUDIES"
    TEACHES = "TEACHES"


class RowStatus(StrEnum):
    """Whether a row says that its subject is there, or that it has gone."""

    ACTIVE = "ACTIVE"
    GONE = "GONE"


CLAIMS = {
    "systemadministrator": Claim.OWNER,
    "districtadministrator": Claim.ACCOUNT_ADMIN,
    "siteadministrator": Claim.DEPARTMENT_ADMIN,
    "principal": Claim.DEPARTMENT_ADMIN,
    "administrator": Claim.ADMINISTRATOR,
}

PARTS = {
    "student": Part.STUDIES,
    "teacher": Part.TEACHES,
    "instructor": Part.TEACHES,
    "professor": Part.TEACHES,
    "faculty": Part.TEACHES,
    "lecturer": Part.TEACHES,
}

# OneRoster 1.1 deprecates "inactive"; both say that the record no longer holds.
STATUSES = {
    "": RowStatus.ACTIVE,
    "active": RowStatus.ACTIVE,
    "inactive": RowStatus.GONE,
    "tobedeleted": RowStatus.GONE,
}

BOOLEANS = {
    "": True,
    "true": True,
    "1": True,
    "yes": True,
    "false": False,
    "0": False,
    "no": False,
}

_IGNORED = str.maketrans("", "", " _-\u00a0")


def plain(word: str) -> str:
    """The form in which words and column names are compared."""
    return word.translate(_IGNORED).casefold()
