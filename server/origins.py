"""Origins as browsers write them, which is the only way in which they can be compared."""

import ipaddress
import re

import idna

DEFAULT_PORTS = {"http": 80, "https": 443}
LARGEST_PORT = 65_535
LONGEST_HOST = 253

# In ASCII: a long s is none of https.
_FLAGS = re.IGNORECASE | re.ASCII
_ORIGIN = re.compile(r"(https?)://(\[[0-9a-f:.]+\]|[^\[\]:/?#@\\]+)(?::([0-9]+))?", _FLAGS)
_SCHEME = re.compile(r"https?://", _FLAGS)
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
# What a browser reads as part of an IPv4 address, were it 0x7f or 1.
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")


def origin_of(text: str) -> str:
    """The origin as RFC 6454 §6.2 and the URL standard serialise it.

    In lower case, a name outside of ASCII in punycode, without the port that its scheme implies.
    Raises ValueError, which says what to mend.
    """
    if "@" in text:
        # Without the text: it may have a password in it.
        raise ValueError("an origin has no user: leave out what stands before the @")
    found = _ORIGIN.fullmatch(text)
    if found is None:
        raise _wrong(text, _what_to_mend(text))
    scheme, host, port = found[1].lower(), found[2], found[3]
    try:
        written = _address(host) if host.startswith("[") else _name(host)
    except ValueError as error:
        raise _wrong(text, _about_the_host(host)) from error
    if port is None:
        return f"{scheme}://{written}"
    # No number with more digits is a port, and Python reads only so many.
    number = int(port) if len(port) <= len(str(LARGEST_PORT)) else 0
    if not 1 <= number <= LARGEST_PORT:
        raise _wrong(text, f"a port is between 1 and {LARGEST_PORT}")
    is_implied = number == DEFAULT_PORTS[scheme]
    return f"{scheme}://{written}" if is_implied else f"{scheme}://{written}:{number}"


def is_of_host(origin: str, host: str) -> bool:
    """Whether a page of this origin comes from where a request's Host header says it went.

    Host and port alone: behind a proxy that ends TLS, an https page comes here by http.
    """
    scheme = origin.partition("://")[0]
    try:
        return origin_of(origin) == origin_of(f"{scheme}://{host}")
    except ValueError:
        return False


def _name(host: str) -> str:
    """A host by its name or its IPv4 address. Raises ValueError."""
    # As browsers do it: UTS #46, by which ß stays what it is.
    host = host.lower() if host.isascii() else idna.encode(host, uts46=True).decode()
    labels = host.split(".")
    if len(host) > LONGEST_HOST or not all(_LABEL.fullmatch(label) for label in labels):
        raise ValueError
    if _NUMBER.fullmatch(labels[-1]):
        return str(ipaddress.IPv4Address(host))
    return host


def _address(host: str) -> str:
    """An IPv6 address in its brackets. Raises ValueError."""
    address = ipaddress.IPv6Address(host[1:-1])
    if address.ipv4_mapped is None:
        return f"[{address}]"
    # Browsers write it in hexadecimal, Python from 3.13 on in decimal.
    high, low = divmod(int(address.ipv4_mapped), 1 << 16)
    return f"[::ffff:{high:x}:{low:x}]"


def _wrong(text: str, mend: str) -> ValueError:
    return ValueError(f"{text!r} is no origin like https://lms.example: {mend}")


def _what_to_mend(text: str) -> str:
    if not _SCHEME.match(text):
        return "begin with https:// or http://"
    if re.search(r"[/?#\\]", text[text.index("//") + 2 :]):
        return "leave out what follows the host and the port, be it a single /"
    return "write a host, and where need be : and a port"


def _about_the_host(host: str) -> str:
    if re.search(r"[\s;,]", host):
        return "put commas between origins"
    if "*" in host:
        return "name each host, for there are no patterns"
    return "its host is neither a name nor an address"
