"""What the README promises is what the code does."""

import re
from pathlib import Path

from messaging.policy.rules import RULES
from server.settings import Settings
from tests.support.service import Service

README = (Path(__file__).parents[1] / "README.md").read_text()


def rows_under(heading: str) -> list[list[str]]:
    """The rows of the first table under a heading."""
    section = README.split(f"{heading}\n", 1)[1]
    lines = section[section.index("|") :].splitlines()
    table = lines[: next((n for n, line in enumerate(lines) if not line.startswith("|")), None)]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table[2:]]


def test_the_rules_table_equals_the_code() -> None:
    """Every rule stands in the README under its id, word for word."""
    assert rows_under("## The rules") == [[rule.id, rule.sentence] for rule in RULES]


def test_the_settings_table_equals_the_code() -> None:
    """Every setting stands in the README with its meaning and its default."""
    assert rows_under("### Settings") == [
        [f"`LMS_MESSAGES_{name.upper()}`", field.description, shown(field.default)]
        for name, field in Settings.model_fields.items()
    ]


async def test_the_first_queries_work(service: Service) -> None:
    """The first query to paste is answered, and the subscription starts."""
    query, subscription, _ = re.findall(r"```graphql\n(.*?)```", README, re.DOTALL)
    lena = service.as_("lena")
    found = await lena.data(query)
    assert found["viewer"]["user"]["name"] == "Lena Cast"
    async with lena.follow(subscription) as feed:
        await feed.nothing()


def shown(default: object) -> str:
    """A default as the README writes it."""
    if default is None or default == ():
        return "none"
    return f"`{str(default).lower()}`" if isinstance(default, bool) else f"`{default}`"
