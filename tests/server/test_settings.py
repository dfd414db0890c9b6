"""Settings: what is missing or contradicts itself is told in one sentence that says what to set."""

from pathlib import Path

import pytest

from server.settings import Settings, SettingsWrong, load_settings
from server.tokens import TokenVerifier

SECRET = "x" * 32

# Settings of the environment, and what has to be said of them.
WRONG: dict[str, tuple[dict[str, str], str]] = {
    "no way to check tokens": ({}, "Set LMS_MESSAGES_JWT_SECRET, or LMS_MESSAGES_JWT_JWKS_URL"),
    "two ways": (
        {"JWT_SECRET": SECRET, "JWT_JWKS_URL": "https://lms.example/keys"},
        "Set only one of LMS_MESSAGES_JWT_SECRET and LMS_MESSAGES_JWT_JWKS_URL.",
    ),
    "three ways": (
        {"JWT_SECRET": SECRET, "JWT_JWKS_URL": "https://lms.example", "JWT_JWKS_FILE": "keys"},
        "LMS_MESSAGES_JWT_JWKS_FILE",
    ),
    "a short secret": ({"JWT_SECRET": "x" * 31}, "at least 32 bytes"),
    "an empty secret": ({"JWT_SECRET": ""}, "at least 32 bytes"),
    "no such file": ({"JWT_JWKS_FILE": "/no/such/file"}, "/no/such/file holds no JSON Web Key Set"),
    "a directory of keys": ({"JWT_JWKS_FILE": "/"}, "holds no JSON Web Key Set"),
    "keys from a file by address": ({"JWT_JWKS_URL": "file:///etc/passwd"}, "JWT_JWKS_URL"),
    "an origin without its scheme": (
        {"JWT_SECRET": SECRET, "ALLOWED_ORIGINS": "https://a.example, b.example"},
        "LMS_MESSAGES_ALLOWED_ORIGINS: 'b.example' is no origin",
    ),
    "an origin with a path": (
        {"JWT_SECRET": SECRET, "PHOTO_ORIGINS": "https://a.example/"},
        "LMS_MESSAGES_PHOTO_ORIGINS: 'https://a.example/' is no origin",
    ),
    "a photo's origin without TLS": (
        {"JWT_SECRET": SECRET, "PHOTO_ORIGINS": "http://a.example"},
        "LMS_MESSAGES_PHOTO_ORIGINS: 'http://a.example' must be https",
    ),
    "another doorbell": (
        {"JWT_SECRET": SECRET, "BROADCAST_URL": "kafka://localhost"},
        "LMS_MESSAGES_BROADCAST_URL must be",
    ),
    "a doorbell at no port": (
        {"JWT_SECRET": SECRET, "BROADCAST_URL": "redis://h:abc"},
        "LMS_MESSAGES_BROADCAST_URL must be like redis://HOST:6379/0: Port could not be cast",
    ),
    "a doorbell at too high a port": (
        {"JWT_SECRET": SECRET, "BROADCAST_URL": "redis://:secret@h:65536"},
        "LMS_MESSAGES_BROADCAST_URL must be like redis://HOST:6379/0: Port out of range",
    ),
    "a doorbell at no host": ({"JWT_SECRET": SECRET, "BROADCAST_URL": "redis://"}, "no host"),
    "a doorbell with an option that is none": (
        {"JWT_SECRET": SECRET, "BROADCAST_URL": "redis://h?socket_timeout=soon"},
        "LMS_MESSAGES_BROADCAST_URL must be like redis://HOST:6379/0: Invalid value",
    ),
    "no interval": ({"JWT_SECRET": SECRET, "POLL_SECONDS": "0"}, "LMS_MESSAGES_POLL_SECONDS"),
    "no rate": (
        {"JWT_SECRET": SECRET, "SENDS_PER_USER": "often"},
        "LMS_MESSAGES_SENDS_PER_USER: 'often' is no rate like 120/minute",
    ),
    "a rate of nothing": ({"JWT_SECRET": SECRET, "NEW_CHATS_PER_USER": "5"}, "no rate like"),
    "sockets below nought": ({"JWT_SECRET": SECRET, "SOCKETS_PER_USER": "-1"}, "SOCKETS_PER_USER"),
    "any proxy": ({"JWT_SECRET": SECRET, "TRUSTED_PROXIES": "*"}, "'*' is no address"),
    "neither yes nor no": ({"JWT_SECRET": SECRET, "EXPLORER": "x"}, "LMS_MESSAGES_EXPLORER"),
}


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start from an environment without settings."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"LMS_MESSAGES_{name.upper()}", raising=False)


@pytest.mark.parametrize(("environment", "said"), WRONG.values(), ids=WRONG)
def test_what_is_wrong(
    environment: dict[str, str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every missing or contradictory setting is named, in a sentence on one line."""
    for name, value in environment.items():
        monkeypatch.setenv(f"LMS_MESSAGES_{name}", value)
    with pytest.raises(SettingsWrong) as wrong:
        TokenVerifier(load_settings())
    sentence = str(wrong.value)
    assert said in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence


@pytest.mark.parametrize("keys", ["", "{}", "[]", '{"keys": []}', '{"keys": 5}', "hello"])
def test_a_file_without_keys(keys: str, tmp_path: Path) -> None:
    """A file that holds no keys stops the start."""
    path = tmp_path / "jwks.json"
    path.write_text(keys)
    with pytest.raises(SettingsWrong, match="holds no JSON Web Key Set"):
        TokenVerifier(load_settings(jwt_jwks_file=path))


def test_workers() -> None:
    """Several processes need a database and a doorbell that they can share."""
    postgres, redis = "postgres://u@h/n", "redis://h"
    for database, doorbell, said in (
        ("sqlite://a.db", redis, "PostgreSQL"),
        (postgres, "memory://", "redis://"),
        ("sqlite://a.db", "memory://", "PostgreSQL"),
    ):
        settings = load_settings(database_url=database, broadcast_url=doorbell)
        settings.check_workers(1)
        with pytest.raises(SettingsWrong, match=said):
            settings.check_workers(2)
    load_settings(database_url=postgres, broadcast_url=redis).check_workers(8)


def test_what_is_off_unless_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """GET, introspection and the explorer are off, and origins none, until set."""
    settings = load_settings()
    assert [settings.get_queries, settings.introspection, settings.explorer] == [False] * 3
    assert settings.allowed_origins == settings.photo_origins == ()
    assert settings.jwt_secret is None
    monkeypatch.setenv("LMS_MESSAGES_EXPLORER", "true")
    monkeypatch.setenv("LMS_MESSAGES_ALLOWED_ORIGINS", " https://a.example ,https://b.example,")
    settings = load_settings()
    assert settings.explorer
    assert settings.allowed_origins == ("https://a.example", "https://b.example")
