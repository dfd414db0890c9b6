"""What cannot be drawn takes nothing along."""

from typing import Any

from playwright.async_api import Request, Route, WebSocket, expect

from tests.browser.windows import Windows, in_chromium
from tests.support.many import write
from tests.support.service import Service
from tests.support.waiting import until

pytestmark = in_chromium

NO_TIME = "Invalid time value"


async def test_an_answer_that_cannot_be_drawn(service: Service, windows: Windows) -> None:
    """Instead of an empty page it says so; tried again, what was written is still there."""
    await write(service, "rita", "lena", "Hello")
    lena = await windows.open("about:blank")
    lena.may_ask = [service.url]
    heard: list[str] = []

    def listen(socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: heard.append(str(frame)))

    lena.page.on("websocket", listen)
    await lena.page.goto(f"{service.url}/#token={service.token('lena')}")
    await lena.open_chat("Rita Cast")
    await expect(lena.chat("Rita Cast")).not_to_contain_text("unread")
    await lena.field.fill("Half a word")

    async def spoil(route: Route, request: Request) -> None:
        if "query Chats(" not in (request.post_data or ""):
            await route.continue_()
            return
        response = await route.fetch()
        answer: Any = await response.json()
        for edge in answer["data"]["conversations"]["edges"]:
            edge["node"]["lastActivityAt"] = "no time at all"
        await route.fulfill(response=response, json=answer)

    await lena.page.route("**/graphql", spoil)
    await lena.page.get_by_role("searchbox", name="Filter by name").fill("rita")
    failure = lena.page.get_by_role("main").filter(has_text="Something went wrong")
    await expect(failure).to_contain_text("What you wrote is still here.")
    await expect(lena.field).to_have_count(0)
    again = failure.get_by_role("button", name="Try again")
    await again.click()
    await expect(failure).to_be_visible()
    # Of each failure, and of nothing else, the browser tells.
    assert lena.complaints
    assert [text for text in lena.complaints if NO_TIME not in text] == []
    lena.complaints.clear()

    # What the feed brings of the chat is good again.
    await write(service, "rita", "lena", "Are you there?")
    await until(lambda: any("Are you there?" in frame for frame in heard))
    await again.click()
    await expect(lena.field).to_have_value("Half a word")
    await expect(lena.bodies).to_have_text(["Hello", "Are you there?"])
