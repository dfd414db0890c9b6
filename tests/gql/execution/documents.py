"""Every operation that the project hands out: the page's, the explorer's examples, the guide's."""

import re
from collections.abc import Iterator

from graphql import GraphQLError, GraphQLSchema, parse, print_ast, validate
from graphql.utilities import separate_operations

from tests.support.checkout import ROOT

_BLOCK = re.compile(r"```graphql \S+\n(.*?)```", re.DOTALL)
_STRING = re.compile(r'`((?:[^`\\]|\\.)*)`|"([^"\n]*)"')
_NAMED = re.compile(r"const (\w+) = `((?:[^`\\]|\\.)*)`")
_INSERTED = re.compile(r"\$\{(\w+)\}")


def handed_out(schema: GraphQLSchema) -> dict[str, str]:
    """The documents by where they are from, each with one operation and valid."""
    page = "\n".join(_read("web/src/operations/*.graphql"))
    found = {
        f"page {name}": print_ast(document)
        for name, document in separate_operations(parse(page)).items()
    }
    for source, pattern in (
        ("explorer", "web/src/explorer/**/*.ts"),
        ("guide", "docs/embedding.md"),
    ):
        for number, text in enumerate(_in_strings("\n".join(_read(pattern)), schema)):
            found[f"{source} {number}"] = text
    return found


def _read(pattern: str) -> list[str]:
    return [path.read_text() for path in sorted(ROOT.glob(pattern))]


def _in_strings(text: str, schema: GraphQLSchema) -> Iterator[str]:
    named = dict(_NAMED.findall(text))
    texts = _BLOCK.findall(text)
    for backticked, quoted in _STRING.findall(text.replace("```", "")):
        texts.append(_INSERTED.sub(lambda match: named.get(match[1], ""), backticked or quoted))
    for each in dict.fromkeys(texts):
        try:
            document = parse(each)
        except GraphQLError:
            continue
        if not validate(schema, document):
            yield from map(print_ast, separate_operations(document).values())
