"""Origins in the settings: written as browsers write them, or refused at the start."""

import re
from collections.abc import Mapping
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.origins import is_of_host, origin_of
from server.settings import SettingsWrong, load_settings
from tests.support.places import Place
from tests.support.raw import request, wire
from tests.support.service import serving

# What may be set, and what a browser says of a page there.
KNOWN = {
    "https://lms.example": "https://lms.example",
    "HTTPS://LMS.Example": "https://lms.example",
    "https://lms.example:443": "https://lms.example",
    "https://lms.example:0443": "https://lms.example",
    "http://lms.example:80": "http://lms.example",
    "http://lms.example:443": "http://lms.example:443",
    "https://lms.example:8443": "https://lms.example:8443",
    "https://bücher.example": "https://xn--bcher-kva.example",
    "https://BÜCHER.example:443": "https://xn--bcher-kva.example",
    "https://straße.example": "https://xn--strae-oqa.example",
    "https://例え.テスト": "https://xn--r8jz45g.xn--zckzah",
    "https://例え。テスト": "https://xn--r8jz45g.xn--zckzah",
    "https://\uff4c\uff4d\uff53.example": "https://lms.example",
    "https://XN--BCHER-KVA.example": "https://xn--bcher-kva.example",
    "https://a_b.example": "https://a_b.example",
    "http://localhost:3000": "http://localhost:3000",
    "http://127.0.0.1:80": "http://127.0.0.1",
    "http://[::1]:8000": "http://[::1]:8000",
    "https://[2001:DB8:0:0::1]": "https://[2001:db8::1]",
    "https://[::ffff:192.0.2.1]": "https://[::ffff:c000:201]",
}

# What may not, and what is said of it.
PATTERNS = "name each host"
WHAT_FOLLOWS = "leave out what follows"
NO_HOST = "its host is neither a name nor an address"
BAD_PORT = "a port is between 1 and 65535"
REFUSED = {
    "*": "begin with https://",
    "null": "begin with https://",
    "lms.example": "begin with https://",
    "//lms.example": "begin with https://",
    "ftp://lms.example": "begin with https://",
    "http\u017f://lms.example": "begin with https://",
    "javascript:alert(1)": "begin with https://",
    " https://lms.example": "begin with https://",
    "https://": "write a host",
    "https://:443": "write a host",
    "https://lms.example:": "write a host",
    "https://lms.example:x": "write a host",
    "https://lms.example:٣": "write a host",
    "https://[::1": "write a host",
    "https://lms.example/": WHAT_FOLLOWS,
    "https://lms.example/a;script-src": WHAT_FOLLOWS,
    "https://lms.example?a": WHAT_FOLLOWS,
    "https://lms.example#a": WHAT_FOLLOWS,
    "https://lms.example\\a": WHAT_FOLLOWS,
    "https:////lms.example": WHAT_FOLLOWS,
    "https://*": PATTERNS,
    "https://*.example": PATTERNS,
    "https://a.example b.example": "put commas between",
    "https://a.example;script-src": "put commas between",
    "https://a.example\n": "put commas between",
    "https://a.example'unsafe-inline'": NO_HOST,
    "https://a%41.example": NO_HOST,
    "https://a..example": NO_HOST,
    "https://a.example.": NO_HOST,
    "https://-a.example": NO_HOST,
    "https://a\x00.example": NO_HOST,
    "https://a\u202e.example": NO_HOST,
    "https://" + "a" * 64 + ".example": NO_HOST,
    "https://" + "ü" * 64 + ".example": NO_HOST,
    "https://" + "a." * 127 + "example": NO_HOST,
    "https://1.2.3": NO_HOST,
    "https://256.1.1.1": NO_HOST,
    "https://0x7f.1": NO_HOST,
    "https://a.0x": NO_HOST,
    "https://[1::2::3]": NO_HOST,
    "https://lms.example:0": BAD_PORT,
    "https://lms.example:65536": BAD_PORT,
    "https://lms.example:" + "9" * 5_000: BAD_PORT,
}

WRITTEN = re.compile(r"https?://([a-z0-9_.-]+|\[[0-9a-f:]+\])(:[1-9][0-9]{0,4})?")
MARKS = (
    "https://",
    "http\u017f://",
    "http://",
    "HTTPS://",
    ":",
    ".",
    "/",
    "@",
    "[",
    "]",
    ";",
    " ",
    "*",
    "'",
    "%",
)


@pytest.mark.parametrize(("text", "written"), KNOWN.items())
def test_what_may_be_set(text: str, written: str) -> None:
    """An origin is known by what it means, however it is written."""
    assert load_settings(allowed_origins=text).allowed_origins == (written,)


@pytest.mark.parametrize(("text", "said"), REFUSED.items())
def test_what_may_not_be_set(text: str, said: str) -> None:
    """Whatever is no origin stops the start, and it is said what to mend."""
    with pytest.raises(ValueError, match=said):
        origin_of(text)


@pytest.mark.parametrize("name", ["ALLOWED_ORIGINS", "PHOTO_ORIGINS"])
def test_what_is_said(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The setting is named with its origin, but for one with a password in it."""
    monkeypatch.setenv(f"LMS_MESSAGES_{name}", "https://a.example, https://*.example")
    with pytest.raises(SettingsWrong) as wrong:
        load_settings()
    assert str(wrong.value) == (
        f"LMS_MESSAGES_{name}: 'https://*.example' is no origin like https://lms.example: "
        "name each host, for there are no patterns."
    )
    monkeypatch.setenv(f"LMS_MESSAGES_{name}", "https://ann:hunter2@a.example")
    with pytest.raises(SettingsWrong) as wrong:
        load_settings()
    assert "leave out what stands before the @" in str(wrong.value)
    assert "hunter2" not in str(wrong.value)


def test_one_origin_twice() -> None:
    """Two ways to write one origin are one."""
    settings = load_settings(photo_origins="https://a.example,HTTPS://A.example:443")
    assert settings.photo_origins == ("https://a.example",)


@given(st.lists(st.sampled_from(MARKS) | st.text(max_size=6), max_size=8).map("".join))
def test_anything(text: str) -> None:
    """Whatever is set, it is refused, or is an origin that means itself and adds no word."""
    try:
        written = origin_of(text)
    except ValueError:
        return
    assert WRITTEN.fullmatch(written)
    assert origin_of(written) == written


@given(
    st.sampled_from(["http", "https"]),
    st.lists(st.from_regex(r"[a-z][a-z0-9]{0,9}", fullmatch=True), min_size=1, max_size=4),
    st.none() | st.integers(1, 65_535),
    st.randoms(),
)
def test_every_way_to_write_it(
    scheme: str, labels: list[str], port: int | None, random: Random
) -> None:
    """Case and the implied port tell no two origins apart, and all else does."""
    written = f"{scheme}://{'.'.join(labels)}" + ("" if port is None else f":{port}")
    implied = port == {"http": 80, "https": 443}[scheme]
    expected = written.removesuffix(f":{port}") if implied else written
    shouted = "".join(random.choice((letter.lower(), letter.upper())) for letter in written)
    assert origin_of(shouted) == origin_of(written) == expected


def preflight(origin: str) -> Mapping[str, str]:
    """What a browser asks before a page of that origin may ask."""
    return {"Origin": origin, "Access-Control-Request-Method": "POST"}


async def test_a_browser_of_such_an_origin(place: Place) -> None:
    """A page is let in, framed and shown photos by what its browser calls it."""
    odd = "HTTPS://Bücher.example:443"
    known = "https://xn--bcher-kva.example"
    settings = place.settings(allowed_origins=odd, photo_origins=odd)
    async with serving(settings) as service:
        url = f"{service.url}/graphql"
        allowed = await request(url, "OPTIONS", headers=preflight(known))
        assert allowed.headers["access-control-allow-origin"] == known
        async with wire(service.url, origin=known) as socket:
            await socket.init(service.token("lena"))


@pytest.mark.parametrize(
    ("origin", "host", "is_ours"),
    [
        ("http://lms.example", "lms.example", True),
        ("http://lms.example", "LMS.example:80", True),
        ("https://lms.example", "lms.example:443", True),
        ("http://lms.example:8000", "lms.example:8000", True),
        ("http://[::1]:8000", "[::1]:8000", True),
        ("http://lms.example", "lms.example:8000", False),
        ("http://lms.example", "lms.example.evil.example", False),
        ("http://evil.example", "lms.example", False),
        ("http://lms.example", "lms.example/", False),
        ("http://lms.example", "x@lms.example", False),
        ("http://lms.example", "", False),
        ("null", "lms.example", False),
        ("", "", False),
        ("file://", "", False),
    ],
)
def test_a_page_of_the_host(origin: str, host: str, *, is_ours: bool) -> None:
    """A page is of the host that its request went to where host and port are the same."""
    assert is_of_host(origin, host) is is_ours
