"""What docs/embedding.md says beside its examples is so."""

import asyncio
import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLInterfaceType, build_schema, parse, validate

from gql.api import build_schema as our_schema
from server import closing
from tests.clients import npm
from tests.clients.examples import GUIDE, blocks, write_examples
from tests.support.people import Person, done
from tests.support.service import Service

SCHEMA = build_schema(our_schema(introspection=False).as_str())


def rows_under(header: str) -> list[list[str]]:
    """The rows of the table with this header, cell by cell."""
    lines = GUIDE.split(f"{header}\n", 1)[1].splitlines()[1:]
    table = lines[: next(n for n, line in enumerate(lines) if not line.startswith("|"))]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table]


def run_script(directory: Path, script: str, *words: str) -> Any:
    """What a script told as JSON, run beside the guide's files."""
    node = npm.node()
    write_examples(directory, "plain")
    told = subprocess.run(  # noqa: S603  # Node, by the path where it was found
        [node, script, *words],
        cwd=directory,
        check=True,
        stdout=subprocess.PIPE,
        timeout=60,
    )
    return json.loads(told.stdout)


def test_the_close_codes(tmp_path: Path) -> None:
    """The real graphql-ws retries on the codes of the table that say so, and on no other."""
    rows = rows_under("| code | when | graphql-ws may retry | what to do |")
    said = {code: retried == "yes" for code, _, retried, _ in rows}
    assert set(said.values()) == {True, False}
    told = run_script(tmp_path, "closes.js", *said)
    assert told["retried"] == said
    # Where connecting fails, its defaults end at once.
    assert told["refused"] == {"byDefault": 1, "always": 2}


@pytest.mark.sqlite_only("what is tested is the client's side alone")
async def test_the_ends_of_streams(service: Service, tmp_path: Path) -> None:
    """The real graphql-sse comes back where it is cut off or told 429, and never after `complete`.

    What is wrong with an operation comes as its only result.
    """
    words = f"{service.url}/graphql", service.token("lena")
    told = await asyncio.to_thread(run_script, tmp_path, "ends.js", *words)
    assert told["attempts"] == {"complete": 1, "cutOff": 2, "tooMany": 2}
    assert [result["data"] for result in told["query"]] == [{"__typename": "Query"}]
    for case, code in (("unknown", "BAD_INPUT"), ("lost", "RESYNC_REQUIRED")):
        [result] = told[case]
        assert [error["extensions"]["code"] for error in result["errors"]] == [code]


def test_the_close_codes_are_the_servers() -> None:
    """Every code that the server closes with is in the table."""
    rows = rows_under("| code | when | graphql-ws may retry | what to do |")
    ours = {code for code in vars(closing).values() if isinstance(code, int)}
    assert ours <= {int(row[0]) for row in rows}


def test_the_entries() -> None:
    """Each kind of feed entry is told of, and no other."""
    kind = SCHEMA.type_map["FeedEntry"]
    assert isinstance(kind, GraphQLInterfaceType)
    entries = {each.name for each in SCHEMA.get_possible_types(kind)}
    assert {row[0].strip("`") for row in rows_under("| entry | what the page does |")} == entries


def test_the_operations_are_valid() -> None:
    """Every document of the guide fits the schema."""
    documents = blocks("graphql")
    assert set(documents) == {"Thread", "MarkRead", "DeleteMessage", "DeleteChat"}
    for name, text in documents.items():
        assert validate(SCHEMA, parse(text)) == [], name


def test_every_block_is_named() -> None:
    """No code stands in the guide that no test takes."""
    named = re.findall(r"^```(?:js|json|graphql) \S+$", GUIDE, re.MULTILINE)
    assert len(named) == len(re.findall(r"^```(?:js|graphql|ts|json)", GUIDE, re.MULTILINE))
    assert len(named) == sum(len(blocks(language)) for language in ("js", "json", "graphql"))


async def test_the_operations_work(service: Service) -> None:
    """A thread is read back by pages; marking read and deleting do what the guide says."""
    documents = blocks("graphql")
    rita, lena = Person(service, "rita"), service.as_("lena")
    chat = done(await rita.start("lena", "0"))["conversation"]["id"]
    for number in range(1, 60):
        done(await rita.send(chat, str(number)))
    thread = documents["Thread"]
    last = (await lena.data(thread, id=chat, before=None))["conversation"]["messages"]
    start = last["pageInfo"]["startCursor"]
    first = (await lena.data(thread, id=chat, before=start))["conversation"]["messages"]
    messages = [edge["node"] for page in (first, last) for edge in page["edges"]]
    assert [message["body"] for message in messages] == [str(n) for n in range(60)]
    assert last["pageInfo"]["hasPreviousPage"]
    assert not first["pageInfo"]["hasPreviousPage"]

    for seq, left in ((messages[-3]["seq"], 2), (messages[0]["seq"], 2)):
        read = await lena.data(documents["MarkRead"], conversationId=chat, upToSeq=seq)
        assert done(read["markRead"])["conversation"]["unreadCount"] == left
    delete, last_id = documents["DeleteMessage"], messages[-1]["id"]
    refused = await lena.data(delete, messageId=last_id, scope="FOR_EVERYONE")
    assert refused["deleteMessage"]["errors"][0]["code"] == "MAY_NOT_DELETE"
    for _ in range(2):
        done((await lena.data(delete, messageId=last_id, scope="FOR_ME"))["deleteMessage"])
    done((await lena.data(documents["DeleteChat"], conversationId=chat))["deleteChat"])
    after = await lena.data(thread, id=chat, before=None)
    assert after["conversation"]["messages"]["edges"] == []
    done(await rita.send(chat, "new"))
    after = await lena.data(thread, id=chat, before=None)
    assert [e["node"]["body"] for e in after["conversation"]["messages"]["edges"]] == ["new"]
    assert len(await rita.bodies(chat)) == 61


def test_the_page_around_ours(tmp_path: Path) -> None:
    """A page that frames ours gives a token to our page in its frame, and to nobody else."""
    told = run_script(tmp_path, "frame.js")
    assert told["src"] == "https://messages.example/"
    token = {"type": "lms-messages:token", "token": "a token"}
    assert told["ours"] == [[token, "https://messages.example"]]
    assert told["others"] == [[]] * 4
