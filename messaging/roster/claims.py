"""What the set says of people's places: the orgs they belong to, the roles they have there."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from messaging.roster.files import ROLES, Shape
from messaging.roster.staging import Staging
from messaging.roster.vocabulary import Claim
from models import Role

# A role, and the org it is held in where it is a department's.
Grant = tuple[Role, str | None]

_ACCOUNT_WIDE = {Claim.OWNER: Role.OWNER, Claim.ACCOUNT_ADMIN: Role.ACCOUNT_ADMIN}


@dataclass(slots=True)
class Said:
    """What the set says of one person."""

    orgs: set[str] = field(default_factory=set)
    grants: set[Grant] = field(default_factory=set)
    ended_orgs: set[str] = field(default_factory=set)
    ended_grants: set[Grant] = field(default_factory=set)
    # Whether what it does not say has to go.
    states_orgs: bool = False
    states_grants: bool = False

    @property
    def all_orgs(self) -> set[str]:
        """Every org that it names."""
        grants = self.grants | self.ended_grants
        return self.orgs | self.ended_orgs | {org for _, org in grants if org is not None}


Sayings = dict[str, Said]


def read_claims(
    staging: Staging, shape: Shape, people: Sequence[str], sole_root: str | None
) -> Sayings:
    """What the set says of each of these people.

    A delta's row that has gone ends the membership in its org unless another row names that org:
    we do not remember which of somebody's rows made them a member.
    """
    marks = ", ".join("?" * len(people))
    whole = {
        name
        for (name,) in staging.rows(
            f"SELECT id FROM people WHERE NOT bad AND NOT is_gone AND id IN ({marks})",
            *people,
        )
    }
    sayings = {name: _of(shape, name in whole) for name in people}
    for name, org, claim, is_active, is_bad in staging.rows(
        f"SELECT person, org, claim, is_active, bad FROM claims WHERE person IN ({marks})",
        *people,
    ):
        said = sayings[name]
        if is_bad:
            # The skipped row may have named what would go.
            said.states_orgs = said.states_grants = False
            continue
        grants = _grants(claim, org, sole_root)
        (said.orgs if is_active else said.ended_orgs).update([org] if org else [])
        (said.grants if is_active else said.ended_grants).update(grants)
    for said in sayings.values():
        said.ended_orgs -= said.orgs
        said.ended_grants -= said.grants
    return sayings


def _of(shape: Shape, has_row: bool) -> Said:
    by_roles = shape.removes(ROLES)
    by_row = shape.users_state if has_row else frozenset()
    return Said(
        states_orgs=by_roles or "orgSourcedIds" in by_row,
        states_grants=by_roles or "role" in by_row,
    )


def _grants(claim: str | None, org: str | None, sole_root: str | None) -> Iterable[Grant]:
    if claim is None:
        return ()
    meant = Claim(claim)
    if meant is Claim.ADMINISTRATOR and org is not None and org == sole_root:
        meant = Claim.ACCOUNT_ADMIN
    if meant in _ACCOUNT_WIDE:
        return ((_ACCOUNT_WIDE[meant], None),)
    return ((Role.DEPARTMENT_ADMIN, org),) if org is not None else ()
