"""What is remembered of operations, by whatever name they are asked for."""

from server import operations
from server.operations import has_one_answer


def test_long_names_are_not_kept() -> None:
    """A name is a client's to choose, and the memory is not."""
    operations._has_one_answer.cache_clear()
    for number in range(10):
        assert has_one_answer("{ __typename }", f"{number}" + "a" * 100_000)
    assert operations._has_one_answer.cache_info().currsize == 0
    assert not has_one_answer("subscription A { feed { cursor } }", "A")
    assert operations._has_one_answer.cache_info().currsize == 1
