"""What rows become."""

from pathlib import Path

import pytest

from messaging.roster import ImportOptions, import_roster
from messaging.roster.photos import PhotoRule
from models import Account, Role
from tests.messaging.roster.sets import (
    CLASSES,
    ENROLLMENTS,
    ORGS,
    ROLES,
    USERS,
    Importer,
    facts,
    school,
    write_set,
)

USERS_11 = "sourcedId,givenName,familyName,orgSourcedIds,role"


async def roles_of(importer: Importer, person: str) -> tuple[str, list[tuple[str, str | None]]]:
    """Somebody's highest role, and what they were granted."""
    grants = [(row[1], row[2]) for row in (await facts())["roles"] if row[0] == person]
    return (await importer.user(person)).role, grants


@pytest.mark.parametrize(
    ("word", "org", "role", "held_in"),
    [
        ("systemAdministrator", "low", Role.OWNER, None),
        ("SYSTEM_ADMINISTRATOR", "top", Role.OWNER, None),
        ("districtAdministrator", "low", Role.ACCOUNT_ADMIN, None),
        ("District Administrator", "top", Role.ACCOUNT_ADMIN, None),
        ("siteAdministrator", "low", Role.DEPARTMENT_ADMIN, "low"),
        ("site-administrator", "top", Role.DEPARTMENT_ADMIN, "top"),
        ("Principal", "low", Role.DEPARTMENT_ADMIN, "low"),
        ("administrator", "top", Role.ACCOUNT_ADMIN, None),
        ("Administrator", "low", Role.DEPARTMENT_ADMIN, "low"),
    ],
)
async def test_administrative_words(
    importer: Importer, tmp_path: Path, word: str, org: str, role: Role, held_in: str | None
) -> None:
    """Each word gives its role, in 1.1 users.csv and in roles.csv alike."""
    orgs = [ORGS, "top,Top,", "low,Low,top"]
    one = write_set(tmp_path / "one", orgs=orgs, users=[USERS_11, f"ann,Ann,One,{org},{word}"])
    await importer(one)
    assert await roles_of(importer, "ann") == (role, [(role, held_in)])
    users = [USERS, "ann,Ann,One", "bob,Bob,Two"]
    two = write_set(tmp_path / "two", orgs=orgs, users=users, roles=[ROLES, f"bob,{org},{word}"])
    await importer(two)
    assert await roles_of(importer, "bob") == (role, [(role, held_in)])
    assert (await roles_of(importer, "ann"))[0] == Role.LEARNER


@pytest.mark.parametrize("word", ["student", "teacher", "parent", "guardian", "aide", "", "what?"])
async def test_all_other_words_are_learners(importer: Importer, tmp_path: Path, word: str) -> None:
    """Whoever administers nothing holds no grant."""
    folder = write_set(
        tmp_path / "set", orgs=[ORGS, "top,Top,"], users=[USERS_11, f"ann,Ann,One,top,{word}"]
    )
    await importer(folder)
    assert await roles_of(importer, "ann") == (Role.LEARNER, [])
    assert (await facts())["memberships"] == [("ann", "top")]


@pytest.mark.parametrize(
    "orgs",
    [
        ["top,Top,", "other,Other,"],
        ["top,Top,nowhere"],
        ["top,Top,elsewhere", "root,Root,"],
    ],
)
async def test_administrator_of_no_sole_root(
    importer: Importer, tmp_path: Path, orgs: list[str]
) -> None:
    """With several roots, or under an unknown parent, an administrator has that department only."""
    folder = write_set(
        tmp_path / "set", orgs=[ORGS, *orgs], users=[USERS_11, "ann,Ann,One,top,administrator"]
    )
    await importer(folder)
    expected = (Role.DEPARTMENT_ADMIN, [(Role.DEPARTMENT_ADMIN, "top")])
    assert await roles_of(importer, "ann") == expected


async def test_an_administrator_of_no_org_is_a_warning(importer: Importer, tmp_path: Path) -> None:
    """Without an org there is nothing to administer."""
    folder = write_set(tmp_path / "set", users=[USERS_11, "ann,Ann,One,,administrator"])
    report = await importer(folder)
    assert await roles_of(importer, "ann") == (Role.LEARNER, [])
    assert report.warnings.lines == [
        "users.csv:2: administrator of no org: there is nothing to administer"
    ]


async def test_several_orgs_in_one_cell(importer: Importer, tmp_path: Path) -> None:
    """OrgSourcedIds of 1.1 lists orgs, and the role holds in each."""
    folder = write_set(
        tmp_path / "set",
        orgs=[ORGS, "top,Top,", "a,A,top", "b,B,top"],
        users=[USERS_11, 'ann,Ann,One,"a, b,a",principal'],
    )
    await importer(folder)
    assert (await facts())["memberships"] == [("ann", "a"), ("ann", "b")]
    grants = [(Role.DEPARTMENT_ADMIN, "a"), (Role.DEPARTMENT_ADMIN, "b")]
    assert await roles_of(importer, "ann") == (Role.DEPARTMENT_ADMIN, grants)


async def test_parts_in_a_class(importer: Importer, tmp_path: Path) -> None:
    """Students study, five words teach, all other words do neither and are counted."""
    words = ["student", "Teacher", "instructor", "PROFESSOR", "faculty", "lecturer"]
    others = ["aide", "Aide", "staff", "proctor", "guardian", ""]
    people = [f"p{n}" for n in range(len(words + others))]
    folder = write_set(
        tmp_path / "set",
        users=[USERS, *(f"{person},P,{person}" for person in people)],
        classes=[CLASSES, "c,Class,"],
        enrollments=[
            ENROLLMENTS,
            *(f"c,{person},{word}" for person, word in zip(people, words + others, strict=True)),
        ],
    )
    report = await importer(folder)
    found = await facts()
    assert [person for person, *_ in found["enrolments"]] == ["p0"]
    assert [person for person, *_ in found["instructors"]] == ["p1", "p2", "p3", "p4", "p5"]
    assert report.ignored_roles == {
        "aide": 2,
        "staff": 1,
        "proctor": 1,
        "guardian": 1,
        "(blank)": 1,
    }
    assert "aide 2" in str(report)


async def test_somebody_may_study_and_teach(importer: Importer, tmp_path: Path) -> None:
    """Two enrolments of one person in one class are two facts."""
    folder = school(tmp_path / "set", enrollments=[ENROLLMENTS, "c1,l1,student", "c1,l1,teacher"])
    await importer(folder)
    found = await facts()
    assert found["enrolments"] == [("l1", "c1", 1)]
    assert found["instructors"] == [("l1", "c1", 1, None, 1)]


async def test_names(importer: Importer, tmp_path: Path) -> None:
    """A name is given and family name, trimmed; without either it is the source id."""
    folder = write_set(
        tmp_path / "set", users=[USERS, "a, Ann , Straße ", "b,,Only", "c,Mono,", "d,,"]
    )
    await importer(folder)
    assert [row[:3] for row in (await facts())["people"]] == [
        ("a", "Ann Straße", "ann strasse"),
        ("b", "Only", "only"),
        ("c", "Mono", "mono"),
        ("d", "d", "d"),
    ]


ALLOWED = ["/p.jpg", "/a/b?c=1#d", "https://cdn.example/p.jpg", "https://CDN.example:443/p"]
REFUSED = [
    "p.jpg",
    "//evil.example/p.jpg",
    "/\\evil.example/p.jpg",
    "/\t/evil.example",
    "\\\\evil.example",
    "http://cdn.example/p.jpg",
    "https://evil.example/p.jpg",
    "https://cdn.example:8443/p.jpg",
    "https://cdn.example@evil.example/p.jpg",
    "https://user@cdn.example/p.jpg",
    "https://cdn.example\\@evil.example",
    "https://[cdn.example/p.jpg",
    "https://cdn.example:x/p.jpg",
    "https:/cdn.example/p.jpg",
    "javascript:alert(1)",
    "data:image/png;base64,AA==",
    "/" + "a" * 2048,
]


def test_photo_addresses() -> None:
    """A photo is a path on this server, or https on a listed origin (section 4 of the design)."""
    rule = PhotoRule(["https://cdn.example", "https://other.example:8443/", "http://plain.example"])
    assert [address for address in ALLOWED if not rule.allows(address)] == []
    assert [address for address in REFUSED if rule.allows(address)] == []
    assert rule.allows("https://other.example:8443/p")
    assert not PhotoRule([]).allows("https://cdn.example/p.jpg")
    assert not PhotoRule(["http://plain.example"]).allows("http://plain.example/p.jpg")


async def test_photos(importer: Importer, tmp_path: Path) -> None:
    """A photo that pages may not show becomes none, and is counted."""
    folder = write_set(
        tmp_path / "set",
        users=[
            "sourcedId,metadata.photoUrl",
            "a,/a.jpg",
            "b,https://cdn.example/b.jpg",
            "c,//evil.example/c.jpg",
            "d,",
        ],
    )
    report = await import_roster(
        importer.office,
        importer.account,
        folder,
        ImportOptions(),
        photo_origins=["https://cdn.example"],
    )
    photos = {row[0]: row[3] for row in (await facts())["people"]}
    assert photos == {"a": "/a.jpg", "b": "https://cdn.example/b.jpg", "c": None, "d": None}
    assert report.refused_photos == 1
    assert any("1 photos are neither on this server" in line for line in report.warnings.lines)


async def test_accounts_do_not_see_each_other(importer: Importer, tmp_path: Path) -> None:
    """The same source ids in another account are other things."""
    folder = school(tmp_path / "set")
    await importer(folder)
    other = Importer(importer.office, await Account.create(slug="other", name="Other"))
    report = await other(folder)
    assert all(tally.ended == tally.updated == 0 for tally in report.tallies.values())
    assert not (await importer(folder)).has_changes
    assert (await importer.user("t1")).id != (await other.user("t1")).id
