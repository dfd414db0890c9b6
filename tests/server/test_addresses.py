"""Whose address counts: that of a proxy's client where the proxy is trusted, else the peer's."""

import pytest

from server.callers import counted_as
from server.settings import SettingsWrong, load_settings
from tests.support.outside import serving
from tests.support.places import Place
from tests.support.process import Served
from tests.support.raw import request

FAILED_SIGN_INS = "2/day"

pytestmark = pytest.mark.sqlite_only("no database knows of addresses")


async def failed(service: Served, forwarded_for: str | None = None) -> int:
    """The status of a bad token's answer."""
    headers = {} if forwarded_for is None else {"X-Forwarded-For": forwarded_for}
    url = f"{service.url}/graphql"
    return (await request(url, content=b"{}", token="x", headers=headers)).status_code


async def test_a_proxy_that_is_trusted(place: Place) -> None:
    """Its clients are told apart, by what it says and not by what they say of themselves."""
    variables = {"LMS_MESSAGES_FAILED_SIGN_INS_PER_ADDRESS": FAILED_SIGN_INS}
    async with serving(place, variables=variables) as service:
        # A proxy adds its client behind whatever that client pretended.
        claimed = ("198.51.100.1", "198.51.100.2", "127.0.0.1", "x", "10.0.0.1, 127.0.0.1")
        found = [await failed(service, f"{each}, 203.0.113.1") for each in claimed]
        assert found == [401, 401, 429, 429, 429]
        assert await failed(service, "203.0.113.2") == 401
        # Two of one IPv6 network are one.
        found = [await failed(service, f"2001:db8::{each}") for each in range(1, 4)]
        assert found == [401, 401, 429]
        assert await failed(service, "2001:db8:0:1::1") == 401


@pytest.mark.parametrize("trusted", ["", "10.0.0.1", "10.0.0.0/8"])
async def test_a_peer_that_is_not_trusted(place: Place, trusted: str) -> None:
    """Whatever it says of where it comes from, it comes from where it comes from."""
    variables = {
        "LMS_MESSAGES_FAILED_SIGN_INS_PER_ADDRESS": FAILED_SIGN_INS,
        "LMS_MESSAGES_TRUSTED_PROXIES": trusted,
    }
    async with serving(place, variables=variables) as service:
        found = [await failed(service, f"203.0.113.{each}") for each in range(4)]
        assert found == [401, 401, 429, 429]
        assert await failed(service) == 429


@pytest.mark.parametrize(
    ("host", "counted"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2::1", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "testclient"),
    ],
)
def test_what_is_one_address(host: str, counted: str) -> None:
    """One machine is one address, however many it may use and however they are written."""
    assert counted_as(host) == counted


@pytest.mark.parametrize("text", ["*", "proxy.internal", "10.0.0.1/8", "10.0.0.1 10.0.0.2"])
def test_proxies_that_cannot_be_trusted(text: str) -> None:
    """Nobody's word is taken for everybody's."""
    with pytest.raises(SettingsWrong, match="LMS_MESSAGES_TRUSTED_PROXIES"):
        load_settings(trusted_proxies=text)
