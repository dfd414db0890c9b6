"""The files of the build whose names change with their contents."""

from pathlib import Path

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from server.pages.policies import asset_headers

PACKED = ".gz"


class Assets(StaticFiles):
    """Serves them, packed where the build left a packed one and the browser takes it."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory=directory, check_dir=False)

    async def check_config(self) -> None:
        """Let the directory be missing: the page says what to run."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file. Raises HTTPException."""
        if path.endswith(PACKED):
            raise HTTPException(404)
        response = await self._packed(path, scope) or await super().get_response(path, scope)
        response.headers.update(asset_headers())
        response.headers["Vary"] = "Accept-Encoding"
        return response

    async def _packed(self, path: str, scope: Scope) -> Response | None:
        if not _takes_gzip(Headers(scope=scope).get("accept-encoding", "")):
            return None
        try:
            # Its type is guessed without the ending.
            response = await super().get_response(path + PACKED, scope)
        except HTTPException as error:
            if error.status_code != 404:  # noqa: PLR2004  # that it is not there
                raise
            return None
        response.headers["Content-Encoding"] = "gzip"
        return response


def _takes_gzip(accepted: str) -> bool:
    for each in accepted.lower().split(","):
        coding, _, parameters = each.partition(";")
        if coding.strip() == "gzip":
            return parameters.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
