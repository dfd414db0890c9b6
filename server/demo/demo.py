"""Setting up the demo: a database, the sample organisation, a few chats; then serving it."""

import asyncio
import secrets
from datetime import timedelta
from pathlib import Path

from messaging.roster import ImportOptions, import_roster
from models import Account, User, database
from server.app import create_app
from server.commands.console import CommandFailed, open_office, words
from server.commands.serving import check_port, serve_app
from server.demo.chats import write_chats
from server.demo.people import ACCOUNT, DESCRIPTIONS, KINDS
from server.demo.visiting import demo_routes
from server.pages.pages import is_built, reason
from server.settings import Settings, load_settings
from server.tokens import issue_token

SAMPLE = Path(__file__).parent / "sample"
TOKEN_LIFETIME = timedelta(hours=12)


def run(data: Path, host: str, port: int) -> None:
    """Set up what is missing under ``data``, say how to get in, and serve."""
    check_port(host, port)
    settings = demo_settings(data)
    names = asyncio.run(set_up(settings))
    _greet(settings, names, f"http://{host}:{port}")
    serve_app(create_app(settings, demo=demo_routes(settings, host)), host, port)


def demo_settings(data: Path) -> Settings:
    """The demo's settings: everything open to look at, and a secret of its own."""
    return load_settings(
        database_url=f"sqlite://{data}/messages.db",
        broadcast_url="memory://",
        jwt_secret=_secret(data),
        jwt_jwks_url=None,
        jwt_jwks_file=None,
        get_queries=True,
        introspection=True,
        suggestions=True,
        explorer=True,
        pages=True,
    )


async def set_up(settings: Settings) -> dict[str, str]:
    """Make the database and fill it, or leave it as it is; the names of the people by id."""
    with words.status("Preparing the sample organisation …"):
        await database.migrate(settings.database_url)
        async with open_office(settings) as office:
            account, _ = await Account.get_or_create(
                slug=ACCOUNT, defaults={"name": "Larkfield Institute"}
            )
            # Each time: it finishes what was interrupted, and leaves alone what was set by hand.
            await import_roster(office, account, SAMPLE, ImportOptions())
            await write_chats(office, ACCOUNT)
            found = await User.filter(account=account).values_list("source_id", "name")
    return dict(found)


def _secret(data: Path) -> str:
    path = data / "secret"
    if not path.exists():
        try:
            data.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CommandFailed(f"The demo cannot keep its data in {data}: {error}.") from error
        # Renamed into place: a crash in between leaves no empty secret.
        draft = path.with_suffix(".new")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48))
        draft.replace(path)
    return path.read_text().strip()


def _greet(settings: Settings, names: dict[str, str], address: str) -> None:
    lines = ["", "LMS Messages, with a sample organisation to try everything with.", ""]
    if is_built():
        lines += [
            f"  Messages  {address}/   choose who you are; take two windows to be two people",
            f"  Explorer  {address}/graphql   the API, with examples for each kind of person",
        ]
    else:
        lines += [
            f"  API       {address}/graphql",
            "",
            "There is no page, because it is not built. `make pages` builds it.",
            *filter(None, [reason()]),
        ]
    lines += ["", "Using the API by hand? These tokens are good for 12 hours:"]
    for source_id in KINDS:
        token = issue_token(settings, ACCOUNT, source_id, TOKEN_LIFETIME)
        lines += ["", f"  {DESCRIPTIONS[source_id]}: {names[source_id]}", f"  {token}"]
    lines += ["", "Stop with Ctrl+C.", ""]
    print("\n".join(lines), flush=True)  # noqa: T201  # the command's result
