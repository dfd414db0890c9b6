"""The command line: what each command prints, and how it fails."""

import asyncio
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import typer

from gql.api import sdl
from models import Account, Mailbox, User
from models.database import connect, disconnect
from server.cli import app
from tests.support.cast import write_csv, write_roster
from tests.support.client import Client
from tests.support.command import Operator
from tests.support.operations import VIEWER
from tests.support.places import Place
from tests.support.service import SECRET, serving

COMMANDS = (
    "serve",
    "migrate",
    "schema",
    "create-account",
    "grant-role",
    "revoke-role",
    "import-roster",
    "renew-feeds",
    "token",
    "demo",
)


@pytest.fixture
def operator(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Operator:
    """An operator whose commands need no database."""
    return Operator(Place.at(tmp_path / "none.db"), monkeypatch, capsys)


@pytest.fixture
def newcomer(
    new_place: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Operator:
    """An operator with a place for a database and nothing there yet."""
    return Operator(new_place, monkeypatch, capsys)


@pytest.fixture
def settled(
    place: Place, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Operator:
    """An operator whose database has the cast in it."""
    return Operator(place, monkeypatch, capsys)


def test_every_command_says_what_it_does(operator: Operator) -> None:
    """--help names every command, and every command explains itself and each of its options."""
    overview = operator.run("--help")
    assert overview.code == 0
    commands: Any = typer.main.get_command(app)
    assert set(commands.commands) == set(COMMANDS)
    for name, command in commands.commands.items():
        assert f" {name} " in overview.out
        assert command.help
        unexplained = [each.name for each in command.params if not getattr(each, "help", None)]
        assert unexplained == [], name
        shown = operator.run(name, "--help")
        assert (shown.code, shown.err) == (0, "")
        assert command.help.split()[0] in shown.out


def test_wrong_use(operator: Operator) -> None:
    """An unknown command, a missing argument or a value of a wrong kind end in 2, with help."""
    results = (
        operator.run("no-such-command"),
        operator.run("token", "--account", "academy"),
        operator.run("serve", "--port", "99999"),
        operator.run("grant-role", "--account", "a", "--user", "b", "--role", "KING"),
    )
    for result in results:
        assert (result.code, result.out) == (2, "")
        assert "Usage:" in result.err
        assert "Traceback" not in result.err


def test_schema(operator: Operator) -> None:
    """`schema` prints the schema and nothing else, and needs no settings."""
    result = operator.run("schema", database_url=None, jwt_secret=None)
    assert (result.code, result.out, result.err) == (0, sdl(), "")


def test_migrate_twice(newcomer: Operator) -> None:
    """`migrate` makes the database where there is none; run again it changes nothing."""
    first = newcomer.run("migrate")
    assert (first.code, first.out) == (0, "")
    before = newcomer.stored()
    second = newcomer.run("migrate")
    assert (second.code, second.err) == (0, first.err)
    assert newcomer.stored() == before


def test_create_account(newcomer: Operator) -> None:
    """`create-account` makes an account once, of a sound slug and name."""
    newcomer.run("migrate")
    made = newcomer.run("create-account", "my-school", "--name", "My School")
    assert (made.code, made.out) == (0, "")
    assert "my-school" in made.err
    before = newcomer.stored()
    assert [row["slug"] for row in before["accounts"]] == ["my-school"]
    again, slug, name = (
        newcomer.run("create-account", "my-school", "--name", "Another"),
        newcomer.run("create-account", "My School", "--name", "Another"),
        newcomer.run("create-account", "other", "--name", "  "),
    )
    assert again.sentence == "There is an account 'my-school' already."
    assert slug.sentence.startswith("A slug has")
    assert name.sentence.startswith("A name has")
    assert newcomer.stored() == before


def test_roles(settled: Operator) -> None:
    """`grant-role` and `revoke-role` do what they say, say what they did, and keep A3."""
    lena = ("--account", "academy", "--user", "lena", "--role")
    granted = settled.run("grant-role", *lena, "DEPARTMENT_ADMIN", "--department", "arts")
    assert (granted.code, granted.out, granted.err) == (0, "", "lena is now DEPARTMENT_ADMIN.\n")
    again = settled.run("grant-role", *lena, "DEPARTMENT_ADMIN", "--department", "arts")
    assert (again.code, again.err) == (0, "Nothing to do for lena.\n")
    revoked = settled.run("revoke-role", *lena, "DEPARTMENT_ADMIN", "--department", "arts")
    assert (revoked.code, revoked.err) == (0, "lena is no longer DEPARTMENT_ADMIN.\n")
    before = settled.stored()
    olga = ("--account", "academy", "--user", "olga", "--role", "OWNER")
    last, nobody, nowhere, account, department = (
        settled.run("revoke-role", *olga),
        settled.run("grant-role", "--account", "academy", "--user", "x", "--role", "OWNER"),
        settled.run("grant-role", *lena, "DEPARTMENT_ADMIN", "--department", "x"),
        settled.run("grant-role", "--account", "x", "--user", "lena", "--role", "OWNER"),
        settled.run("grant-role", *lena, "DEPARTMENT_ADMIN"),
    )
    assert "A3" in last.sentence
    assert "no user" in nobody.sentence
    assert "no department" in nowhere.sentence
    assert "create-account" in account.sentence
    assert "needs a department" in department.sentence
    assert settled.stored() == before


def test_import_roster(settled: Operator, tmp_path: Path) -> None:
    """`import-roster` reports to standard output; a dry run and a faulty set change nothing."""
    roster = write_roster(tmp_path / "roster")
    with (roster / "users.csv").open("a") as file:
        file.write("zoe,Zoe,New,student,arts\r\n")
    faulty = write_roster(tmp_path / "faulty")
    write_csv(
        faulty / "enrollments.csv",
        ("classSourcedId", "userSourcedId", "role"),
        [("mechanics", "nobody", "student")],
    )
    before = settled.stored()
    dry, bad, missing, account = (
        settled.run("import-roster", str(roster), "--account", "academy", "--dry-run"),
        settled.run("import-roster", str(faulty), "--account", "academy"),
        settled.run("import-roster", "no/such/place", "--account", "academy"),
        settled.run("import-roster", str(roster), "--account", "nowhere"),
    )
    assert dry.code == 0
    assert dry.out.strip()
    assert "enrollments.csv:2:" in bad.err
    for failed in (bad, missing, account):
        assert failed.sentence
    assert people(before) == people(settled.stored())
    done = settled.run("import-roster", str(roster), "--account", "academy")
    assert (done.code, "Traceback" in done.err) == (0, False)
    assert done.out.strip()
    assert people(settled.stored()) == people(before) | {"zoe"}


def people(tables: dict[str, list[dict[str, Any]]]) -> set[str]:
    """Who is in the database."""
    return {row["source_id"] for row in tables["users"]}


async def test_the_installed_command(place: Place) -> None:
    """Installed, `token` prints a token that works and nothing else, `schema` the schema."""
    environment = {"LMS_MESSAGES_JWT_SECRET": SECRET}
    words = ("token", "--account", "academy", "--user", "lena")
    process, other = [
        await asyncio.create_subprocess_exec(
            Path(sys.executable).parent / "lms-messages",
            *each,
            env=environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        for each in (words, ("schema",))
    ]
    (out, err), (schema, _) = await asyncio.gather(process.communicate(), other.communicate())
    assert (process.returncode, err) == (0, b"")
    assert schema.decode() == sdl()
    token = out.decode().removesuffix("\n")
    assert len(token.split()) == 1
    async with serving(place.settings()) as service:
        answer = await Client(service.url, token).data(VIEWER)
        assert answer["viewer"]["user"]["id"] == await service.user("lena")


def test_tokens_need_a_secret(settled: Operator) -> None:
    """Without the secret no token is made, and the sentence says what to set."""
    words = ("token", "--account", "academy", "--user", "lena")
    none, keys = (
        settled.run(*words, jwt_secret=None),
        settled.run(*words, jwt_secret=None, jwt_jwks_url="https://lms.example/keys"),
    )
    for result in (none, keys):
        assert "LMS_MESSAGES_JWT_SECRET" in result.sentence


def test_serve_refuses(settled: Operator, tmp_path: Path) -> None:
    """`serve` starts on nothing that cannot serve, and says in a sentence what to do."""
    empty = tmp_path / "empty.db"
    empty.touch()
    nowhere = tmp_path / "none.db"
    elsewhere = {"database_url": "postgres://u@localhost/m"}
    cases: dict[str, tuple[tuple[str, ...], dict[str, str | None]]] = {
        "LMS_MESSAGES_JWT_SECRET": ((), {"jwt_secret": None}),
        "at least 32 bytes": ((), {"jwt_secret": "short"}),
        "Set only one of": ((), {"jwt_jwks_url": "https://lms.example/keys"}),
        "There is no database at": ((), {"database_url": f"sqlite://{nowhere}"}),
        "is not up to date": ((), {"database_url": f"sqlite://{empty}"}),
        "needs PostgreSQL": (("--workers", "2"), {"database_url": f"sqlite://{empty}"}),
        "needs a doorbell": (("--workers", "2"), {**elsewhere, "broadcast_url": "memory://"}),
        "LMS_MESSAGES_DATABASE_URL must be": ((), {"database_url": "mysql://u@localhost/m"}),
        "LMS_MESSAGES_BROADCAST_URL must be": ((), {"broadcast_url": "kafka://localhost"}),
        "LMS_MESSAGES_ALLOWED_ORIGINS": ((), {"allowed_origins": "lms.example"}),
        "LMS_MESSAGES_JWT_JWKS_FILE": ((), {"jwt_secret": None, "jwt_jwks_file": "none.json"}),
    }
    before = settled.stored()
    for said, (words, given) in cases.items():
        result = settled.run("serve", *words, **given)
        assert said in result.sentence, result
        assert result.sentence.count(". ") <= 1, result.sentence
    assert settled.stored() == before
    assert not nowhere.exists()


def test_serve_refuses_what_is_not_migrated(newcomer: Operator) -> None:
    """`serve` makes no tables, and says which command does."""
    if not newcomer.place.is_postgres:
        newcomer.place.path.parent.mkdir()
        newcomer.place.path.touch()
    assert "run `lms-messages migrate`" in newcomer.run("serve", "--port", "0").sentence


def test_create_account_that_another_is_making(
    settled: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who loses the race for a slug looks again, as whatever writes, and says that it is taken."""
    exists, looks = Account.exists, []

    async def look_too_early(**given: Any) -> bool:
        looks.append(given)
        return len(looks) > 1 and await exists(**given)

    monkeypatch.setattr(Account, "exists", look_too_early)
    before = settled.stored()
    result = settled.run("create-account", "academy", "--name", "Again")
    assert result.sentence == "There is an account 'academy' already."
    assert len(looks) == 2
    assert settled.stored() == before


def test_renew_feeds_of_many_accounts(settled: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many accounts there are, no transaction tells more people than one may."""
    accounts, people = 3, 4
    for module in ("log", "announcements"):
        monkeypatch.setattr(f"messaging.feed.{module}.MAILBOXES_LOCKED_AT_ONCE", people + 1)
    asyncio.run(_add_accounts(settled.place, accounts, people))
    before = settled.stored()
    result = settled.run("renew-feeds")
    assert (result.code, result.err) == (0, f"The feeds of {accounts + 2} accounts begin anew.\n")
    after = settled.stored()
    epochs = [
        {row["id"]: row["feed_epoch"] for row in each["accounts"]} for each in (before, after)
    ]
    assert all(epoch != epochs[0][account] for account, epoch in epochs[1].items())
    old = {(row["user_id"], row["seq"]) for row in before["feed_entries"]}
    new = [row for row in after["feed_entries"] if (row["user_id"], row["seq"]) not in old]
    assert Counter(row["user_id"] for row in new) == {row["id"]: 1 for row in after["users"]}
    # The entries of one transaction share their time.
    assert max(Counter(row["created_at"] for row in new).values()) <= people + 1


async def _add_accounts(place: Place, accounts: int, people: int) -> None:
    await connect(place.database_url)
    try:
        for number in range(accounts):
            account = await Account.create(slug=f"more-{number}", name="More")
            for name in map(str, range(people)):
                user = await User.create(
                    account=account, source_id=name, name=name, search_name=name
                )
                await Mailbox.create(user_id=user.id)
    finally:
        await disconnect()
