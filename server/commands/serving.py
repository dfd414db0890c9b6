"""Serving."""

import asyncio
import socket
import sys
from contextlib import suppress

import uvicorn
from starlette.types import ASGIApp
from uvicorn.config import STARTUP_FAILURE

from models import database
from server.app import app_from_environment, create_app
from server.commands.console import CommandFailed
from server.ending import GRACE_SECONDS, EndsInTime, PatientWebSockets
from server.garbage import collect_rarely
from server.lines import Lines
from server.log import log_config
from server.opening import SERVING_SECONDS
from server.settings import Settings
from server.tokens import TokenVerifier
from server.workers import Workers

if sys.platform != "win32":
    import resource

# A frame larger than the largest request is none of ours.
LARGEST_FRAME_BYTES = 256 * 1024
# A socket each, for more than one process can serve.
FILES_AT_ONCE = 65_536


def serve(settings: Settings, host: str, port: int, workers: int) -> None:
    """Serve until told to stop. Raises SettingsWrong, CommandFailed, DatabaseUnusable."""
    TokenVerifier(settings)
    settings.check_workers(workers)
    check_port(host, port)
    asyncio.run(_check_database(settings))
    if workers == 1:
        app = EndsInTime(create_app(settings))
        serve_app(app, host, port, trusted_proxies=settings.trusted_proxies)
    else:
        name = f"{app_from_environment.__module__}:{app_from_environment.__name__}"
        serve_app(name, host, port, workers=workers, trusted_proxies=settings.trusted_proxies)


async def _check_database(settings: Settings) -> None:
    """Raise DatabaseUnusable here: uvicorn would wrap it in a traceback."""
    await database.connect(
        settings.database_url,
        settings.database_pool,
        statement_limit_seconds=SERVING_SECONDS,
    )
    await database.disconnect()


def check_port(host: str, port: int) -> None:
    """Raise CommandFailed where nobody could listen, before anything is said of an address."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            # As uvicorn does: a port whose last connections still linger is free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise CommandFailed(
            f"Nobody can listen at {host}:{port} ({error.strerror}): choose another --port."
        ) from error


def raise_file_limit() -> None:
    """Let this process and its workers have as many files open as the system permits.

    Each open socket is one, and the limit that processes start with is often 1,024.
    """
    if sys.platform == "win32":
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES_AT_ONCE if hard == resource.RLIM_INFINITY else min(hard, FILES_AT_ONCE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def serve_app(
    app: ASGIApp | str, host: str, port: int, *, workers: int = 1, trusted_proxies: str = ""
) -> None:
    """Run uvicorn in the way this service needs it."""
    raise_file_limit()
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        workers=workers,
        factory=isinstance(app, str),
        http=Lines,
        ws=PatientWebSockets,
        ws_max_size=LARGEST_FRAME_BYTES,
        # Its ping ends in 1011, which the graphql-ws client never retries; ours ends in 4408.
        ws_ping_interval=None,
        # It costs up to 100 KB for each idle subscriber.
        ws_per_message_deflate=False,
        # Without it an open stream keeps the process alive for ever.
        timeout_graceful_shutdown=GRACE_SECONDS,
        server_header=False,
        proxy_headers=bool(trusted_proxies),
        forwarded_allow_ips=trusted_proxies,
        access_log=False,
        log_config=log_config(),
    )
    if workers > 1:
        Workers(config, [config.bind_socket()]).run()
        return
    server = uvicorn.Server(config)
    collect_rarely()
    with suppress(KeyboardInterrupt):
        server.run()
    if not server.started:
        sys.exit(STARTUP_FAILURE)
