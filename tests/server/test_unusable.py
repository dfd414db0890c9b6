"""What cannot be used is told in a sentence before anything else happens."""

import socket
from pathlib import Path

import pytest

from tests.support.command import Operator
from tests.support.places import Place

NEEDING_A_DATABASE = (
    ("migrate",),
    ("serve", "--port", "0"),
    ("create-account", "a", "--name", "A"),
)


@pytest.fixture
def operator(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Operator:
    """An operator whose database is to be made."""
    return Operator(Place.at(tmp_path / "messages.db"), monkeypatch, capsys)


@pytest.mark.parametrize("words", NEEDING_A_DATABASE)
def test_a_file_of_another_kind(operator: Operator, words: tuple[str, ...]) -> None:
    """A file that is no SQLite database is named as such, and stays as it is."""
    operator.place.path.write_text("something else\n" * 100)
    assert "messages.db is no SQLite database" in operator.run(*words).sentence
    assert operator.place.path.read_text() == "something else\n" * 100


def test_a_long_path_is_told_on_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What has to be mended can be copied, however long it is."""
    path = tmp_path / ("long" * 30) / "messages.db"
    path.parent.mkdir()
    path.write_text("something else\n" * 100)
    assert str(path) in Operator(Place.at(path), monkeypatch, capsys).run("migrate").sentence


@pytest.mark.parametrize("words", NEEDING_A_DATABASE)
def test_a_server_that_does_not_answer(operator: Operator, words: tuple[str, ...]) -> None:
    """A PostgreSQL out of reach is not taken for one that has to be migrated."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"postgres://nobody@127.0.0.1:{closed.getsockname()[1]}/nothing"
        assert "The database does not answer" in operator.run(*words, database_url=url).sentence


def test_a_place_where_no_file_can_be(operator: Operator) -> None:
    """A database beneath a file is refused with the path."""
    operator.place.path.write_text("")
    url = f"sqlite://{operator.place.path}/below/messages.db"
    assert "There can be no database at" in operator.run("migrate", database_url=url).sentence


def test_a_demo_without_a_place(operator: Operator) -> None:
    """A demo whose data have no place says so."""
    operator.place.path.write_text("")
    words = ("demo", "--port", "18000", "--data", str(operator.place.path))
    assert "The demo cannot keep its data in" in operator.run(*words).sentence


@pytest.mark.parametrize("command", ["demo", "serve"])
def test_a_port_that_is_taken(operator: Operator, tmp_path: Path, command: str) -> None:
    """Nothing is said of addresses and tokens where nobody can listen, and nothing is made."""
    assert operator.run("migrate").code == 0
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        words = [command, "--port", port]
        if command == "demo":
            words += ["--data", str(tmp_path / "demo")]
        assert f"Nobody can listen at 127.0.0.1:{port}" in operator.run(*words).sentence
    assert not (tmp_path / "demo").exists()
