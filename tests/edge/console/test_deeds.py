from collections.abc import Callable

import pytest
from fastapi import HTTPException

from edge.console.caller import Caller
from edge.console.deeds import deed
from edge.console.permissions import Role
from edge.errors import ConfigError, StoreError


def somebody(write: Callable[[str, str, str], None]) -> Caller:
    return Caller("ann", Role.ADMIN, None, csrf="", must_change=False, _write=write)


@pytest.mark.parametrize(
    ("error", "result"),
    [
        (HTTPException(409, "gone"), "refused"),
        (ConfigError("wrong"), "refused"),
        (StoreError("disk full"), "failed"),
    ],
)
def test_what_fails_is_written_down_beside_what_was_begun(error: Exception, result: str) -> None:
    rows: list[tuple[str, ...]] = []
    caller = somebody(lambda *row: rows.append(row))
    with pytest.raises(type(error)), deed(caller, "token.make", subject="token a", purpose="test"):
        raise error
    assert rows == [
        ("token.make", "token a", "ok; purpose: test"),
        ("token.make", "token a", f"{result}; purpose: test"),
    ]


def test_what_succeeds_has_one_row_which_is_written_first() -> None:
    rows: list[tuple[str, ...]] = []
    with deed(somebody(lambda *row: rows.append(row)), "token.make", subject="a", result="viewer"):
        assert rows == [("token.make", "a", "viewer")]
    assert len(rows) == 1


def test_nothing_is_done_that_cannot_be_written_down() -> None:
    def full(*_: str) -> None:
        raise StoreError("the disk is full")

    done = []
    with pytest.raises(StoreError), deed(somebody(full), "token.make", subject="a"):
        done.append(True)
    assert done == []
