"""The rules S0-S4, W1-W3 and A1-A4 over the cast, from the design's sentences.

Nothing here is the product's: what both have wrong alike would have to be thought twice.
"""

from dataclasses import dataclass, field

from tests.support.cast import CLASSES, ENROLLMENTS, ORGS, PEOPLE

_ROLES = {
    "systemAdministrator": "OWNER",
    "districtAdministrator": "ACCOUNT_ADMIN",
    "siteAdministrator": "DEPARTMENT_ADMIN",
}
ROLE = {name: _ROLES.get(word, "LEARNER") for name, word, _ in PEOPLE}
DEPARTMENT = {name: department for name, _, department in PEOPLE}
COURSES = {course: (title, department) for course, title, department in CLASSES}
STUDIES = {(course, name) for course, name, word in ENROLLMENTS if word == "student"}
_PARENT = {department: parent for department, _, _, parent in ORGS}


def _is_within(department: str, top: str) -> bool:
    while department != top:
        if not department:
            return False
        department = _PARENT[department]
    return True


def _starting() -> dict[tuple[str, str], bool]:
    teaching = {(course, name): True for course, name, word in ENROLLMENTS if word == "teacher"}
    return teaching | {("mechanics", "ivan"): False}


@dataclass
class World:
    """The account as it stands: who is here, who teaches what, whether one may write."""

    mode: str = "ON"
    status: dict[str, str] = field(
        default_factory=lambda: {
            **dict.fromkeys(ROLE, "ACTIVE"),
            "dora": "DEACTIVATED",
            "remo": "REMOVED",
        }
    )
    # The highest account-wide one of each; department administrators have their own department.
    role: dict[str, str] = field(default_factory=ROLE.copy)
    # Of a course and a person: whether they teach it, or did.
    teaching: dict[tuple[str, str], bool] = field(default_factory=_starting)

    def is_active(self, name: str) -> bool:
        """Whether somebody may sign in (W4)."""
        return self.status[name] == "ACTIVE"

    def teaches(self, name: str, course: str) -> bool:
        """Whether somebody is assigned to a course."""
        return self.teaching.get((course, name), False)

    def roles(self, name: str) -> list[str]:
        """The roles that somebody holds, the highest first."""
        held = [self.role[name]] if self.role[name] != "LEARNER" else []
        is_learner = not held or any((course, name) in STUDIES for course in COURSES)
        if any(self.teaches(name, course) for course in COURSES):
            held.append("INSTRUCTOR")
        return held + ["LEARNER"] * is_learner

    def is_administrative(self, name: str) -> bool:
        """Whether startChat and recipients are for them."""
        return self.role[name] != "LEARNER"

    def administers_account(self, name: str) -> bool:
        """Whether somebody is owner or account administrator."""
        return self.role[name] in ("OWNER", "ACCOUNT_ADMIN")

    def _administers_department(self, name: str, department: str) -> bool:
        is_administrator = self.role[name] == "DEPARTMENT_ADMIN"
        return is_administrator and _is_within(department, DEPARTMENT[name])

    def may_administer(self, one: str, other: str) -> bool:
        """S1, S2: whether the one may start with the other, S0 apart."""
        return self.administers_account(one) or self._administers_department(one, DEPARTMENT[other])

    def _may_ask(self, one: str, other: str) -> bool:
        # S3
        return any((course, one) in STUDIES and self.teaches(other, course) for course in COURSES)

    def _may_start(self, one: str, other: str) -> bool:
        return self.may_administer(one, other) or self._may_ask(one, other)

    def is_open(self, one: str, other: str) -> bool:
        """W1, where nothing else stands in the way: one of the two may start with the other."""
        return self._may_start(one, other) or self._may_start(other, one)

    def recipients(self, name: str) -> list[str]:
        """Whom somebody may start with by S0-S2, by name."""
        if self.mode == "OFF":
            return []
        return sorted(
            other
            for other in ROLE
            if other != name and self.is_active(other) and self.may_administer(name, other)
        )

    def _general_refusal(self, one: str, other: str) -> str | None:
        if one == other:
            return "SELF"
        if self.mode == "OFF":
            return "MESSAGING_OFF"
        inactive = {"REMOVED": "PEER_REMOVED", "DEACTIVATED": "PEER_DEACTIVATED"}
        return inactive.get(self.status[other])

    def closed_reason(self, one: str, other: str) -> str | None:
        """Why the one may not write in the chat they have with the other (W1, W2)."""
        if reason := self._general_refusal(one, other):
            return reason
        if self.is_open(one, other):
            return None
        if self._was_taught_by(one, other) or self._was_taught_by(other, one):
            return "INSTRUCTOR_UNASSIGNED"
        return "NO_LONGER_PERMITTED"

    def _was_taught_by(self, learner: str, instructor: str) -> bool:
        return any(
            (course, learner) in STUDIES and self.teaching.get((course, instructor)) is False
            for course in COURSES
        )

    def start_refusal(self, one: str, other: str, *, have_chat: bool) -> str | None:
        """Why the one may not start with the other by S0-S2."""
        if reason := self._general_refusal(one, other):
            return reason
        if self.may_administer(one, other):
            return None
        if self._was_taught_by(one, other) or self._was_taught_by(other, one):
            return "INSTRUCTOR_UNASSIGNED"
        # Whoever was written to may answer, and still not start.
        is_closed = have_chat and not self.is_open(one, other)
        return "NO_LONGER_PERMITTED" if is_closed else "NOT_PERMITTED"

    def contact_refusal(self, one: str, other: str, course: str) -> str | None:
        """Why the one may not ask the other about a course (S0, S3)."""
        if reason := self._general_refusal(one, other):
            return reason
        if (course, one) not in STUDIES:
            return "NOT_ENROLLED"
        if self.teaches(other, course):
            return None
        was_taught = self.teaching.get((course, other)) is False
        return "INSTRUCTOR_UNASSIGNED" if was_taught else "NOT_PERMITTED"

    def sees_course(self, name: str, course: str) -> bool:
        """Whether a course is there for somebody."""
        return (
            self.administers_account(name)
            or self._administers_department(name, COURSES[course][1])
            or (course, name) in STUDIES
            or self.teaches(name, course)
        )

    def instructors(self, course: str) -> list[str]:
        """Whom a course shows, by name."""
        return sorted(
            name for name in ROLE if self.teaches(name, course) and self.status[name] != "REMOVED"
        )

    def sees_by_standing(self, name: str, other: str) -> bool:
        """Whether somebody sees somebody, chats apart."""
        return (
            name == other
            or self.may_administer(name, other)
            or any(
                other in self.instructors(course)
                for course in COURSES
                if self.sees_course(name, course)
            )
        )

    def manage_refusal(self, one: str, other: str, status: str) -> str | None:
        """The rule of A1-A3 by which the one may not give the other a status."""
        takes_away = status != "ACTIVE"
        if takes_away and one == other:
            return "A1"
        if self.administers_account(other) and self.role[one] != "OWNER":
            return "A2"
        owners = [name for name in ROLE if self.role[name] == "OWNER" and self.is_active(name)]
        return "A3" if takes_away and owners == [other] else None
