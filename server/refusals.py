"""What is answered where no route takes a request: a coded error, and to a browser the page."""

from http import HTTPStatus
from typing import cast

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from gql.errors import BAD_INPUT, NOT_FOUND
from server.answers import error_response
from server.heads import head_of
from server.negotiation import asks_for_a_page
from server.pages.pages import Pages


class Refusals:
    """Answers in place of the routes."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages

    async def answer(self, request: Request, error: Exception) -> Response:
        """The answer to a request that ended in an HTTPException."""
        refused = cast(HTTPException, error)
        if refused.status_code != HTTPStatus.NOT_FOUND:
            return error_response(
                refused.status_code, BAD_INPUT, f"{refused.detail}.", refused.headers
            )
        head = head_of(request.scope)
        is_a_browser = asks_for_a_page(head.method, head.accept)
        page = await self._pages.nowhere(request) if is_a_browser else None
        return page or error_response(HTTPStatus.NOT_FOUND, NOT_FOUND, "There is nothing here.")
