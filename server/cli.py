"""The command line: `lms-messages`."""

import asyncio
import sys
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from gql.api import sdl
from messaging.errors import BadInput
from messaging.roster import ImportOptions, RosterError
from models import Role
from models.configuration import DatabaseUnusable
from models.database import migrate as migrate_database
from server.commands import accounts, rosters, serving
from server.commands.console import CommandFailed, words
from server.demo import demo as demo_
from server.settings import SettingsWrong, load_settings
from server.tokens import DEFAULT_LIFETIME, issue_token

app = typer.Typer(
    name="lms-messages",
    help="The Messages area of a learning platform. Settings come from LMS_MESSAGES_… variables.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Account = Annotated[str, typer.Option("--account", help="The account's slug.", metavar="SLUG")]
Person = Annotated[
    str, typer.Option("--user", help="The person's sourcedId in the roster.", metavar="SOURCE_ID")
]


class Grantable(StrEnum):
    """The roles that a hand may give; the others follow from courses."""

    OWNER = Role.OWNER
    ACCOUNT_ADMIN = Role.ACCOUNT_ADMIN
    DEPARTMENT_ADMIN = Role.DEPARTMENT_ADMIN


GrantedRole = Annotated[
    Grantable, typer.Option("--role", help="What the person is to be.", case_sensitive=False)
]
OfDepartment = Annotated[
    str | None,
    typer.Option(
        "--department",
        help="For DEPARTMENT_ADMIN: the department's sourcedId in the roster.",
        metavar="SOURCE_ID",
    ),
]
Host = Annotated[str, typer.Option(help="The address to listen at.")]
Port = Annotated[
    int, typer.Option(help="The port to listen at; 0 for any free one.", min=0, max=65_535)
]


@app.command()
def serve(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    workers: Annotated[
        int,
        typer.Option(help="How many processes; more than one needs PostgreSQL and Redis.", min=1),
    ] = 1,
) -> None:
    """Serve the API until told to stop."""
    serving.serve(load_settings(), host, port, workers)


@app.command()
def migrate() -> None:
    """Bring the database's tables up to date, making the SQLite file where there is none."""
    asyncio.run(migrate_database(load_settings().database_url))
    words.print("The database is up to date.")


@app.command()
def schema() -> None:
    """Print the API's schema."""
    print(sdl(), end="")  # noqa: T201  # the command's result


@app.command()
def create_account(
    slug: Annotated[str, typer.Argument(help="The name that tokens and commands use.")],
    name: Annotated[str, typer.Option(help="The name that people read.")],
) -> None:
    """Make an account: the tenant, one organisation."""
    asyncio.run(accounts.create_account(load_settings(), slug, name))
    words.print(f"The account {slug!r} is made.")


@app.command()
def grant_role(
    account: Account, user: Person, role: GrantedRole, department: OfDepartment = None
) -> None:
    """Grant an administrative role by hand; roster imports leave it alone."""
    _set_grant(account, user, role, department, is_granted=True)


@app.command()
def revoke_role(
    account: Account, user: Person, role: GrantedRole, department: OfDepartment = None
) -> None:
    """Revoke an administrative role by hand, also one that the roster gave."""
    _set_grant(account, user, role, department, is_granted=False)


@app.command()
def renew_feeds() -> None:
    """Have every client read its lists anew: run it after restoring a backup, before serving.

    A restored database is behind what clients have seen; without this they would resume on it in
    silence.
    """
    count = asyncio.run(accounts.renew_feeds(load_settings()))
    words.print(f"The feeds of {count} accounts begin anew.")


@app.command()
def import_roster(
    path: Annotated[Path, typer.Argument(help="A directory or zip file of CSV files.")],
    account: Account,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")
    ] = False,
    skip_bad_rows: Annotated[
        bool, typer.Option("--skip-bad-rows", help="Import the sound rows, list the others.")
    ] = False,
    allow_mass_removal: Annotated[
        bool,
        typer.Option(
            "--allow-mass-removal",
            help="Confirm that more than a fifth of the people or enrolments may end.",
        ),
    ] = False,
) -> None:
    """Import a roster: OneRoster 1.1 or 1.2 CSV, or School Data Sync 2 or 2.1."""
    options = ImportOptions(
        dry_run=dry_run, skip_bad_rows=skip_bad_rows, allow_mass_removal=allow_mass_removal
    )
    report = asyncio.run(rosters.run_import(load_settings(), path, account, options))
    print(report)  # noqa: T201  # the command's result


@app.command()
def token(
    account: Account,
    user: Person,
    ttl: Annotated[int, typer.Option(help="How many seconds it is good for.", min=1)] = int(
        DEFAULT_LIFETIME.total_seconds()
    ),
) -> None:
    """Print a token and nothing else; needs LMS_MESSAGES_JWT_SECRET.

    Neither the account nor the person is looked up.
    """
    print(issue_token(load_settings(), account, user, timedelta(seconds=ttl)))  # noqa: T201  # the command's result


@app.command()
def demo(
    host: Host = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen at.", min=1, max=65_535)] = 8000,
    data: Annotated[
        Path, typer.Option(help="Where the demo keeps its database and its secret.")
    ] = Path("var/demo"),
) -> None:
    """Serve a sample organisation to try everything with; what you write there stays."""
    demo_.run(data, host, port)


def main() -> None:
    """Run a command; what a person can mend is told in a sentence."""
    try:
        app()
    except (
        BadInput,
        CommandFailed,
        DatabaseUnusable,
        RosterError,
        SettingsWrong,
    ) as error:
        # A path is to be copied whole, wherever it is long.
        words.print(str(error), style="red", markup=False, soft_wrap=True)
        sys.exit(1)


def _set_grant(
    account: str, user: str, role: Grantable, department: str | None, *, is_granted: bool
) -> None:
    changed = asyncio.run(
        accounts.set_grant(
            load_settings(), account, user, Role(role), department, is_granted=is_granted
        )
    )
    verb = "now" if is_granted else "no longer"
    words.print(f"{user} is {verb} {role}." if changed else f"Nothing to do for {user}.")
