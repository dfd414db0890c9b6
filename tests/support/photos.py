"""A host of photos on this machine, over TLS, as rosters want photos to be."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

_PHOTO = b'<svg xmlns="http://www.w3.org/2000/svg" width="44" height="44"><rect/></svg>'


@dataclass
class PhotoHost:
    """Its origin, and the paths that it was asked for."""

    origin: str
    asked: list[str] = field(default_factory=list)


@asynccontextmanager
async def photo_host(directory: Path) -> AsyncIterator[PhotoHost]:
    """A host that has a photo at every path; nobody vouches for its certificate."""
    asked: list[str] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # A browser may connect and then say nothing.
        if line := await reader.readline():
            await reader.readuntil(b"\r\n\r\n")
            asked.append(line.decode().split()[1])
            head = f"Content-Type: image/svg+xml\r\nContent-Length: {len(_PHOTO)}\r\n"
            writer.write(f"HTTP/1.1 200 OK\r\n{head}Connection: close\r\n\r\n".encode() + _PHOTO)
            await writer.drain()
        writer.close()

    listener = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=_identity(directory))
    try:
        port = listener.sockets[0].getsockname()[1]
        yield PhotoHost(f"https://127.0.0.1:{port}", asked)
    finally:
        listener.close()


def _identity(directory: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    file = directory / "photos.pem"
    file.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        + certificate.public_bytes(Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context
