"""Requests that are made to cost: each of at most 256 KB, by what it is that they make much of."""

import json
from typing import Any

from gql.limits import table
from server.over_http import LARGEST_BODY_BYTES

# What a document may have of something, or little less: such go through more than what has more.
CHARACTERS = table.CHARACTERS.most - 50
FIELDS = table.FIELDS.most
SPREADS = table.SPREADS.most
FRAGMENTS = table.FRAGMENTS.most
VALUES = table.VALUES.most - 10

_SEND = "mutation ($i: SendMessageInput!) { sendMessage(input: $i) { __typename } }"
_FIRST = "query ($i: Int) { conversations(first: $i) { __typename } }"
_NODE = "query ($i: ID!) { node(id: $i) { __typename } }"


def hostile_documents() -> dict[str, str]:
    """The documents among them, by name."""
    return {**_to_lex(), **_to_count(), **_to_compare(), **_to_refuse(), **_nested()}


def bodies() -> dict[str, bytes]:
    """The bodies of requests, by name."""
    made = {name: _body(document) for name, document in hostile_documents().items()}
    made |= {name: body.encode() for name, body in {**_json(), **_variables()}.items()}
    for name, body in made.items():
        assert len(body) <= LARGEST_BODY_BYTES, name
    return made


def _body(document: str, **others: Any) -> bytes:
    return json.dumps({"query": document, **others}).encode()


def _numbered(form: str, count: int) -> str:
    return " ".join(form.format(number) for number in range(count))


def _to_lex() -> dict[str, str]:
    made: dict[str, str] = {}
    # As long as may be, and as long as a request may be.
    for size, much in ((CHARACTERS, "much"), (250_000, "too much")):
        made |= {
            f"{much} white space": " " * size,
            f"{much} commas": "," * size,
            f"{much} of a comment": "#" + "a" * size,
            f"{much} of a name": "{" + "a" * (size - 2) + "}",
            f"{much} of a number": "{a(b:" + "1" * (size - 8) + ")}",
            f"{much} of a text": '{a(b:"' + "a" * (size - 10) + '")}',
            f"{much} of a block": '{a(b:"""' + "a" * (size - 14) + '""")}',
            f"{much} of an open block": '{a(b:"""' + "a" * (size - 14),
        }
    made |= {
        "new lines": "{" + "\n" * 120_000,
        "lines at the limit, errors at their ends": "{"
        + "\n" * (table.LINES.most - 1)
        + _numbered("nothing{}", 400)
        + "}",
        "lines of a block": '{a(b:"""' + "a\n" * (table.LINES.most - 1) + '""")}',
        "comments": "#\n" * 80_000,
        "comments in one line of their own": "#\r" * table.LINES.most,
        "escapes": '{a(b:"' + "\\u0041" * (CHARACTERS // 6 - 2) + '")}',
        "surrogates": '{a(b:"' + "\\uD83D\\uDE00" * (CHARACTERS // 12 - 2) + '")}',
        "no character": "{" + "\x01" * 40_000,
    }
    return made


def _to_count() -> dict[str, str]:
    return {
        "fields": "{" + "a " * 120_000 + "}",
        "fields by the limit of tokens": "{" + "a " * (table.TOKENS.most - 2) + "}",
        "aliases": "{" + "a:b " * 60_000 + "}",
        "directives": "{a" + "@b " * 80_000 + "}",
        "arguments": "{a(" + "b:1 " * 60_000 + ")}",
        "items": "{a(b:[" + "1 " * (table.TOKENS.most - 10) + "])}",
        "spreads": "{" + "...a " * 50_000 + "}",
        "fragments": "fragment a on b{c}" * 13_000,
        "operations": "query a{b}" * 20_000,
        "operations of many fragments": _numbered("query q{}{{...f0}}", table.OPERATIONS.most)
        + _numbered(
            "fragment f{}" + " on Query{{" + "viewer{{user{{id name}}}}" * 2 + "}}", FRAGMENTS
        ),
        "variables": "query(" + "$a:Int " * 35_000 + "){a}",
        "types": "type A{b:C} " * 15_000,
        "depth": "{a" * 80_000,
        "depth that is closed": "{a" * 60_000 + "}" * 60_000,
        "depth of lists": "{a(b:" + "[" * 60_000 + "]" * 60_000 + ")}",
        "depth of objects": "{a(b:" + "{a:" * 40_000 + "1" + "}" * 40_000 + ")}",
        "depth within nesting": "{a" * 190 + "}" * 190,
    }


def _to_compare() -> dict[str, str]:
    half, quarter = FIELDS // 2, FIELDS // 4
    each = "viewer { unreadCount }"
    return {
        "same leaves": "{viewer{" + "unreadCount " * (FIELDS - 1) + "}}",
        "same objects": "{" + "viewer{unreadCount} " * half + "}",
        "same objects in objects": "{" + "viewer{user{name id}} " * quarter + "}",
        "same arguments": "{" + "conversations(first:1){__typename} " * half + "}",
        "other fields by one name": "{viewer{" + "a:unreadCount a:feedCursor " * 50 + "}}",
        "same in inline fragments": "{" + f"...{{{each}}}" * SPREADS + "}",
        "same in fragments": "{"
        + _numbered("...a{}", FRAGMENTS)
        + "}"
        + _numbered("fragment a{} on Query{{viewer{{unreadCount user{{name id}}}}}}", FRAGMENTS),
        "fragments in each other": "{"
        + _numbered("...a{}", FRAGMENTS)
        + "}"
        + "".join(
            f"fragment a{n} on Query{{viewer{{unreadCount}}...a{(n + 1) % FRAGMENTS}}}"
            for n in range(FRAGMENTS)
        ),
    }


def _to_refuse() -> dict[str, str]:
    return {
        "unknown fields": "{" + _numbered("nothng{}", FIELDS) + "}",
        "nearly known fields": "{" + _numbered("viewr{}", FIELDS) + "}",
        "nearly known fields below": "{viewer{" + _numbered("unredCont{}", FIELDS - 1) + "}}",
        "a long unknown field": "{" + "viewer" * (CHARACTERS // 6) + "}",
        "unknown directives": "{viewer{" + "unreadCount @skp " * table.DIRECTIVES.most + "}}",
        "the same directive": "{viewer{unreadCount "
        + "@skip(if:true) " * table.DIRECTIVES.most
        + "}}",
        "unknown arguments": "{conversations(" + _numbered("frst{}:1", VALUES) + "){__typename}}",
        "the same argument": "{conversations(" + "first:1 " * VALUES + "){__typename}}",
        "unknown input fields": "mutation{sendMessage(input:{"
        + _numbered("bdy{}:1", VALUES)
        + "}){__typename}}",
        "a list for a number": "{conversations(first:[" + "1 " * VALUES + "]){__typename}}",
        "unknown types": "{" + _numbered("...on Usr{}{{a}}", SPREADS) + "}",
        "unknown fragments": "{" + _numbered("...a{}", SPREADS) + "}",
        "unused fragments": "{__typename}" + _numbered("fragment a{} on Query{{a}}", FRAGMENTS),
        "unused variables": "query(" + _numbered("$a{}:Int", VALUES) + "){__typename}",
        "unknown variables": "{" + _numbered("a{0}:node(id:$a{0}){{id}}", 100) + "}",
        "operations of one name": "query a{__typename}" * table.OPERATIONS.most,
        "spaces for a number": '{conversations(first:"'
        + " " * (CHARACTERS - 60)
        + '"){edges{cursor}}}',
        "a block of tabs for a number": '{conversations(first:"""'
        + "\t" * (CHARACTERS - 70)
        + 'x"""){edges{cursor}}}',
        "a long enum value": "{users(status:" + "A" * (CHARACTERS - 40) + "){__typename}}",
    }


def _nested() -> dict[str, str]:
    def chain(count: int, times: int, on: str, within: str) -> str:
        inner = "".join(
            f"fragment a{n} on {on}{{{within % (f'...a{n + 1} ' * times)}}}" for n in range(count)
        )
        return inner + f"fragment a{count} on {on}{{__typename}}"

    last = FRAGMENTS - 1
    return {
        "fragments twice in fragments": "{...a0}" + chain(last, 2, "Query", "%s"),
        "fragments thrice in fragments": "{...a0}" + chain(last, 3, "Query", "%s"),
        "peers of peers": "{node(id:1){...a0}}"
        + chain(last, 1, "User", "conversation{peer{%s}} b:conversation{peer{id}}"),
        "peers of peers twice": "{node(id:1){...a0}}"
        + chain(9, 2, "User", "conversation{peer{%s}}"),
        "fragments in circles": "{...a0}"
        + "".join(
            f"fragment a{n} on Query{{" + "".join(f"...a{m} " for m in range(12)) + "}"
            for n in range(12)
        ),
        "a circle of all fragments": "{...a0}"
        + "\n" * (table.LINES.most - 2)
        + "".join(f"fragment a{n} on Query{{...a{(n + 1) % FRAGMENTS}}}" for n in range(FRAGMENTS)),
        "threads of threads": "{conversations(first:100){edges{node{messages(first:100){edges{"
        "node{sender{conversation{messages(first:100){edges{node{id}}}}}}}}}}}}",
        "the schema many times": "{"
        + _numbered("a{}:__schema{{types{{name fields{{name type{{name}}}}}}}}", 60)
        + "}",
        "the schema in depth": "{__schema{" + "types{fields{type{" * 4 + "name" + "}}}" * 4 + "}}",
    }


def _json() -> dict[str, str]:
    def beside(value: str) -> str:
        return '{"query":"{__typename}","variables":{"a":' + value + "}}"

    def of(part: str, length: int = 250_000) -> str:
        return "[" + ",".join([part] * (length // (len(part) + 1))) + "]"

    return {
        "JSON in lists": "[" * 250_000,
        "JSON in objects": '{"a":' * 50_000,
        "JSON of lists": beside(of("[]")),
        "JSON of objects": beside(of("{}")),
        "JSON of quotes without an end": "[" * 11_000 + '"' + '\\"' * 110_000,
        "JSON of lists at the limit": beside(of("[]", 29_000)),
        "JSON of deep lists": beside(of("[" * 900 + "]" * 900)),
        "JSON of numbers": beside(of("1")),
        "JSON of huge numbers": beside(of("1" * 4_300)),
        "JSON of floats": beside(of("1e9")),
        "JSON of a long float": beside("1" * 120_000 + "." + "1" * 120_000),
        "JSON of texts": beside(of('""')),
        "JSON of escapes": beside('"' + "\\u00e9" * 41_000 + '"'),
        "JSON of keys": beside("{" + ",".join(f'"{n:x}":1' for n in range(24_000)) + "}"),
        "JSON of names": "{" + ",".join(f'"{n:x}":1' for n in range(24_000)) + "}",
        "JSON in extensions": '{"query":"{__typename}","extensions":{"a":' + of("1") + "}}",
    }


def _variables() -> dict[str, str]:
    def beside(document: str, value: str) -> str:
        return f'{{"query":{json.dumps(document)},"variables":{{"i":{value}}}}}'

    most = table.VARIABLE_VALUES.most - 10
    deep = table.VARIABLE_DEPTH.most - 2
    return {
        "unknown fields in a variable": beside(
            _SEND, "{" + ",".join(f'"a{n}":1' for n in range(20_000)) + "}"
        ),
        "unknown fields at the limit": beside(
            _SEND, "{" + ",".join(f'"bdy{n}":1' for n in range(most)) + "}"
        ),
        "long unknown fields": beside(
            _SEND, "{" + ",".join(f'"{"a" * 24_000}{n}":1' for n in range(10)) + "}"
        ),
        "a list for a number in a variable": beside(_FIRST, "[" + "1," * most + "1]"),
        "deep lists in a variable": beside(_NODE, "[" * deep + "1" + "]" * deep),
        "too deep lists in a variable": beside(_NODE, "[" * 900 + "]" * 900),
        "a long number": beside(_FIRST, "1" * 4_300),
        "a long text for a number": beside(_FIRST, '"' + "1" * 250_000 + '"'),
        "a long id": beside(_NODE, '"' + "a" * 250_000 + '"'),
        "a long enum value in a variable": beside(
            "query ($i: UserStatus) { users(status: $i) { __typename } }",
            '"' + "A" * 250_000 + '"',
        ),
        "spaces for an enum value in a variable": beside(
            "query ($i: UserStatus) { users(status: $i) { __typename } }",
            '"' + " " * 250_000 + '"',
        ),
        "a name of spaces in a variable": beside(_SEND, '{"' + " " * 250_000 + '":1}'),
        "a long body": beside(_SEND, '{"conversationId":"a","body":"' + "a" * 250_000 + '"}'),
    }
