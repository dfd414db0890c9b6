"""The sample organisation that ships with the project."""

from pathlib import Path

from models import Role
from tests.messaging.roster.sets import Importer, counts, facts

SAMPLE = Path(__file__).parents[3] / "server" / "demo" / "sample"


async def test_the_sample_has_every_kind_of_person(importer: Importer) -> None:
    """It imports without a warning and has each role, two levels of departments, namesakes."""
    report = await importer(SAMPLE)
    found = await facts()
    assert not report.warnings.total
    assert not report.skipped
    roles = [(person, role, org) for person, role, org, *_ in found["roles"]]
    assert roles == [
        ("ada", Role.OWNER, None),
        ("bola", Role.DEPARTMENT_ADMIN, "biology"),
        ("clara", Role.DEPARTMENT_ADMIN, "music"),
        ("grace", Role.ACCOUNT_ADMIN, None),
        ("henrik", Role.DEPARTMENT_ADMIN, "larkfield"),
        ("ines", Role.DEPARTMENT_ADMIN, "sciences"),
        ("mei", Role.DEPARTMENT_ADMIN, "physics"),
        ("tomas", Role.DEPARTMENT_ADMIN, "arts"),
    ]
    assert ("larkfield", "physics") in found["subtrees"]
    assert len(found["courses"]) == 3
    assert len({person for person, *_ in found["instructors"]}) == 4
    assert len({person for person, *_ in found["enrolments"]}) == 12
    names = [name for _, name, *_ in found["people"]]
    assert names.count("María García") == 2
    repeated = await importer(SAMPLE)
    assert not repeated.has_changes
    assert all(counts(tally)[:3] == (0, 0, 0) for tally in repeated.tallies.values())
