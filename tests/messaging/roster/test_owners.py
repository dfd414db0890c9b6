"""Rule A3: the last active owner stays, whatever a roster says."""

from pathlib import Path

from models import Role, UserStatus
from tests.messaging.roster.sets import Importer, facts, school, without

OWNERS = ("head,top,systemAdministrator", "t1,top,systemAdministrator")


async def test_a3_of_two_owners_who_are_missing_one_stays(
    importer: Importer, tmp_path: Path
) -> None:
    """A full file without either owner deactivates one of them and lists the other as kept."""
    folder = school(tmp_path / "set")
    roles = (folder / "roles.csv").read_text().splitlines()
    await importer(school(folder, roles=[*roles, *OWNERS]))
    cut = school(
        folder,
        users=without(folder, "users", "head,", "t1,"),
        roles=roles[:1] + [line for line in roles[1:] if line[:2] not in ("he", "t1")],
        enrollments=without(folder, "enrollments", "c1,t1"),
    )
    report = await importer(cut, allow_mass_removal=True)
    owners = [await importer.user("head"), await importer.user("t1")]
    [stayed] = [user for user in owners if user.status is UserStatus.ACTIVE]
    assert stayed.role is Role.OWNER
    sentence = f'user "{stayed.source_id}" stays owner and active: the last one stays (A3)'
    assert sentence in report.kept.lines
    before = await facts()
    again = await importer(cut, allow_mass_removal=True)
    assert not again.has_changes
    assert await facts() == before


async def test_a3_the_last_owners_role_stays(importer: Importer, tmp_path: Path) -> None:
    """A full file that names no owner any more leaves the account its last one."""
    folder = school(tmp_path / "set")
    roles = (folder / "roles.csv").read_text().splitlines()
    await importer(school(folder, roles=[*roles, OWNERS[0]]))
    report = await importer(school(folder, roles=roles))
    assert (await importer.user("head")).role is Role.OWNER
    assert report.kept.lines == ['user "head" stays owner and active: the last one stays (A3)']
