"""What an operator sets, from the environment: each name with the prefix LMS_MESSAGES_."""

from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from gql.limits.table import DEFAULT_COST_LIMIT
from messaging.rates.rates import rate_of
from messaging.redis_backend import check_address
from models.configuration import PoolSize
from server.origins import origin_of

# RFC 7518 §3.2: a key of the size of the hash output or larger.
SHORTEST_SECRET_BYTES = 32

Origins = Annotated[tuple[str, ...], NoDecode]


class SettingsWrong(Exception):
    """A setting is missing or contradicts another; the message says what to set."""


class Settings(BaseSettings):
    """The settings of one process."""

    model_config = SettingsConfigDict(env_prefix="LMS_MESSAGES_", extra="ignore")

    database_url: str = Field(
        "sqlite://var/lms-messages.db", description="`sqlite://PATH` or `postgres://…`"
    )
    database_pool_min: int = Field(
        1, ge=1, description="Connections that a process keeps to PostgreSQL"
    )
    database_pool_max: int = Field(
        10,
        ge=2,
        description="Connections that a process opens to PostgreSQL at most; a third is for reads",
    )
    broadcast_url: str = Field("memory://", description="`memory://` or `redis://…`")
    jwt_secret: str | None = Field(None, description="The secret of HS256 tokens, 32 bytes or more")
    jwt_jwks_url: str | None = Field(
        None, description="Where the keys of RS256 and ES256 tokens are fetched"
    )
    jwt_jwks_file: Path | None = Field(None, description="A file with such keys")
    jwt_issuer: str | None = Field(None, description="The `iss` that tokens must have")
    jwt_audience: str | None = Field(None, description="The `aud` that tokens must have")
    allowed_origins: Origins = Field(
        (),
        description="Origins of pages on other hosts that may call, frame the Messages page "
        "and hand it tokens, with commas between",
    )
    photo_origins: Origins = Field(
        (), description="Origins from which photos may come, with commas between"
    )
    poll_seconds: float = Field(
        3.0, gt=0, description="How late an entry may come whose ring was lost"
    )
    feed_retention_days: int = Field(
        30, ge=1, description="For how many days feed entries are kept"
    )
    sends_per_user: str = Field(
        "120/minute", description="How often one person may write; `0` for as often as they like"
    )
    sends_per_address: str = Field(
        "0", description="How often all people behind one address may; a school often has but one"
    )
    new_chats_per_user: str = Field(
        "200/hour", description="How often one person may write first, beside the above"
    )
    new_chats_per_address: str = Field(
        "0", description="How often all people behind one address may"
    )
    failed_sign_ins_per_address: str = Field(
        "100/minute", description="How often one address may come with a bad token"
    )
    sockets_per_user: int = Field(
        50,
        ge=0,
        description="WebSockets and streams that one person may have open in a process; 0 for any",
    )
    sockets_per_address: int = Field(
        10_000,
        ge=0,
        description="WebSockets and streams that one address may have open in a process",
    )
    subscriptions_per_user: int = Field(
        200, ge=0, description="Subscriptions that one person may have open in a process"
    )
    trusted_proxies: str = Field(
        "127.0.0.1,::1",
        description="Addresses and networks of proxies whose `X-Forwarded-For` is believed, with "
        "commas between",
    )
    get_queries: bool = Field(False, description="Whether queries may come by GET")
    introspection: bool = Field(False, description="Whether the schema may be asked for")
    suggestions: bool = Field(
        False, description="Whether errors guess which name of the schema was meant"
    )
    cost_limit: int = Field(
        DEFAULT_COST_LIMIT,
        ge=1_000,
        description="What an operation may cost: its fields, those in a list for each of its rows",
    )
    explorer: bool = Field(
        False,
        description="Whether a browser gets the explorer at `/graphql`, which needs introspection",
    )
    compiled: bool = Field(
        True, description="Whether operations are compiled, or left to graphql-core alone"
    )
    pages: bool = Field(True, description="Whether a browser gets the Messages page at `/`")

    @field_validator("allowed_origins", "photo_origins", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("allowed_origins", "photo_origins")
    @classmethod
    def _are_origins(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(map(origin_of, origins)))

    @field_validator("photo_origins")
    @classmethod
    def _are_secure(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        for origin in origins:
            if not origin.startswith("https://"):
                raise ValueError(f"{origin!r} must be https")
        return origins

    @field_validator(
        "sends_per_user",
        "sends_per_address",
        "new_chats_per_user",
        "new_chats_per_address",
        "failed_sign_ins_per_address",
    )
    @classmethod
    def _is_a_rate(cls, text: str) -> str:
        rate_of(text)
        return text

    @field_validator("trusted_proxies")
    @classmethod
    def _are_addresses(cls, text: str) -> str:
        """Not *, with which whatever a client says of itself would be believed."""
        addresses = [part.strip() for part in text.split(",") if part.strip()]
        for address in addresses:
            try:
                ip_network(address)
            except ValueError as error:
                raise ValueError(
                    f"{address!r} is no address like 10.0.0.1 or 10.0.0.0/8"
                ) from error
        return ",".join(addresses)

    @field_validator("jwt_jwks_url")
    @classmethod
    def _is_fetchable(cls, url: str | None) -> str | None:
        if url is not None and urlsplit(url).scheme not in ("http", "https"):
            raise ValueError(f"{url!r} is no address like https://lms.example/jwks.json")
        return url

    @model_validator(mode="after")
    def _has_room_in_its_pool(self) -> Self:
        if self.database_pool_min > self.database_pool_max:
            raise ValueError(
                "LMS_MESSAGES_DATABASE_POOL_MIN must not exceed LMS_MESSAGES_DATABASE_POOL_MAX."
            )
        return self

    @property
    def database_pool(self) -> PoolSize:
        """How many connections a process has to PostgreSQL."""
        return PoolSize(self.database_pool_min, self.database_pool_max)

    @model_validator(mode="after")
    def _has_a_known_doorbell(self) -> Self:
        scheme = urlsplit(self.broadcast_url).scheme
        if scheme not in ("memory", "redis", "rediss"):
            raise ValueError("LMS_MESSAGES_BROADCAST_URL must be memory:// or redis://….")
        if scheme != "memory":
            try:
                check_address(self.broadcast_url)
            except ValueError as error:
                # Without the address: it may have a password in it.
                raise ValueError(
                    f"LMS_MESSAGES_BROADCAST_URL must be like redis://HOST:6379/0: {error}."
                ) from error
        return self

    def check_tokens(self) -> None:
        """Raise SettingsWrong unless there is exactly one way to check tokens."""
        ways = {
            "LMS_MESSAGES_JWT_SECRET": self.jwt_secret,
            "LMS_MESSAGES_JWT_JWKS_URL": self.jwt_jwks_url,
            "LMS_MESSAGES_JWT_JWKS_FILE": self.jwt_jwks_file,
        }
        chosen = [name for name, value in ways.items() if value is not None]
        if not chosen:
            raise SettingsWrong(
                "Set LMS_MESSAGES_JWT_SECRET, or LMS_MESSAGES_JWT_JWKS_URL or _FILE: without one, "
                "no token can be checked."
            )
        if len(chosen) > 1:
            raise SettingsWrong(f"Set only one of {' and '.join(chosen)}.")
        if self.jwt_secret is not None and len(self.jwt_secret.encode()) < SHORTEST_SECRET_BYTES:
            raise SettingsWrong(
                f"LMS_MESSAGES_JWT_SECRET must have at least {SHORTEST_SECRET_BYTES} bytes."
            )

    def check_workers(self, workers: int) -> None:
        """Raise SettingsWrong where so many processes cannot share what is set."""
        if workers <= 1:
            return
        if self.database_url.startswith("sqlite"):
            raise SettingsWrong(
                "More than one worker needs PostgreSQL: set LMS_MESSAGES_DATABASE_URL to "
                "postgres://…, or run one worker."
            )
        if self.broadcast_url.startswith("memory"):
            raise SettingsWrong(
                "More than one worker needs a doorbell between them: set "
                "LMS_MESSAGES_BROADCAST_URL to redis://…, or run one worker."
            )


def load_settings(**overrides: object) -> Settings:
    """The settings of the environment. Raises SettingsWrong, which says what to set."""
    try:
        return Settings(**overrides)  # type: ignore[arg-type]  # pydantic checks them
    except ValidationError as error:
        raise SettingsWrong(_sentence(error)) from error


def _sentence(error: ValidationError) -> str:
    fault = error.errors()[0]
    message = fault["msg"].removeprefix("Value error, ")
    if not fault["loc"]:
        return message
    name = f"LMS_MESSAGES_{fault['loc'][0]}".upper()
    return f"{name}: {message}."
