"""What can be read of a damaged database, written into a new one of the same tables."""

import contextlib
import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from edge.store.pages import Page, PageKind, Pages, Row, Value

NUMBERED = ("incidents", "passages")
"""Written first and in the order of their ``seq``: what counts and lists them follows by itself."""

COUNTED = ("passage_tallies", "passage_totals")
"""Not copied: they count what is there."""

LIST_COLUMNS = 5
"""Of SQLite's own list of tables and indexes."""

FEWEST_COLUMNS = 4
"""A page whose tree is lost is told by its rows' shape; of fewer columns it might be an index's."""


@dataclass(slots=True)
class Salvage:
    """What came of it.

    Attributes:
        saved: Rows by table.
        lost: Rows that are there and cannot be read, as far as that is known.
        pages_lost: Pages that belong to a table and cannot be read at all.
    """

    saved: Counter[str] = field(default_factory=Counter)
    lost: int = 0
    pages_lost: int = 0


@dataclass(frozen=True, slots=True)
class _Column:
    name: str
    affinity: str
    needed: bool


@dataclass(frozen=True, slots=True)
class _Table:
    """A table of the new file.

    Attributes:
        columns: In the order that they are stored in.
        rowid: Place of the column that stands for the row's number, None without one.
        has_rowid: Whether rows are stored under a number.
        has_key: Whether a row takes the place of another one with the same key.
    """

    name: str
    columns: tuple[_Column, ...]
    rowid: int | None
    has_rowid: bool
    has_key: bool

    def fits(self, row: Row) -> bool:
        """Return whether a row may be one of this table's."""
        if (row.rowid is not None) != self.has_rowid or len(row.values) > len(self.columns):
            return False
        if any(one.needed for one in self.columns[len(row.values) :]):
            return False
        return all(
            place == self.rowid or _is_one(column, value)
            for place, (column, value) in enumerate(zip(self.columns, row.values, strict=False))
        )

    def complete(self, row: Row) -> tuple[Value, ...]:
        """Return a row's values with its number in its place."""
        values = list(row.values)
        if self.rowid is not None and self.rowid < len(values):
            values[self.rowid] = row.rowid
        return tuple(values)


def salvage(pages: Pages, target: sqlite3.Connection) -> Salvage:
    """Copy rows into a database that has the same tables, and nothing in them yet.

    Args:
        pages: Of the damaged file.
        target: Of a new file, migrated as far as the damaged one was, in autocommit mode.
    """
    tables = {one.name: one for one in _tables(target)}
    found = Salvage()
    numbers = _sorted(pages, tables, found)
    first = [name for name in NUMBERED if name in tables]
    target.execute("PRAGMA foreign_keys = OFF")
    target.execute("BEGIN IMMEDIATE")
    for name in (*first, *(name for name in tables if name not in (*first, *COUNTED))):
        if numbers[name] and not tables[name].has_key:
            target.execute(f'DELETE FROM "{name}"')  # what a new file begins with
        for number in numbers[name]:
            page = pages.page(number)
            if page is not None:
                _write(target, tables[name], page, found)
    _drop_orphans(target, tables, found)
    target.execute("COMMIT")
    target.execute("PRAGMA foreign_keys = ON")
    return found


def _sorted(pages: Pages, tables: dict[str, _Table], found: Salvage) -> dict[str, list[int]]:
    """Return the pages that hold the rows of each table."""
    numbers: dict[str, list[int]] = {name: [] for name in tables}
    reached = _reached(pages, tables, found)
    for number, table in reached.items():
        if table is not None:
            numbers[table.name].append(number)
    for number in range(1, pages.count + 1):
        page = pages.page(number) if number not in reached else None
        table = _owner(page, tables) if page is not None else None
        if table is not None:
            numbers[table.name].append(number)
    return numbers


def _reached(pages: Pages, tables: dict[str, _Table], found: Salvage) -> dict[int, _Table | None]:
    """Return the pages of all trees that can be walked; None for those of indexes."""
    reached: dict[int, _Table | None] = {}
    for root, name in _roots(pages, reached):
        todo, table = [root], tables.get(name)
        while todo:
            number = todo.pop()
            if number in reached or not 1 < number <= pages.count:
                continue
            page = pages.page(number, with_rows=False)
            if page is None or (table is not None and _is_table(page) != table.has_rowid):
                found.pages_lost += table is not None
                continue
            reached[number] = table
            todo += page.children
    return reached


def _roots(pages: Pages, reached: dict[int, _Table | None]) -> Iterator[tuple[int, str]]:
    """Yield the roots of the trees that the file's own list names, with the names of tables."""
    todo = [1]
    while todo:
        number = todo.pop()
        page = pages.page(number) if number not in reached else None
        if page is None or not _is_table(page):
            continue
        reached[number] = None
        todo += page.children
        for row in page.rows:
            if len(row.values) != LIST_COLUMNS:
                continue
            kind, name, _, root, _ = row.values
            if isinstance(root, int):
                yield root, str(name) if kind == "table" else ""


def _owner(page: Page, tables: dict[str, _Table]) -> _Table | None:
    """Return the only table that a page without a tree can be of."""
    if not page.rows:
        return None
    fitting = [
        table
        for table in tables.values()
        if len(table.columns) >= FEWEST_COLUMNS and all(table.fits(row) for row in page.rows)
    ]
    return fitting[0] if len(fitting) == 1 else None


def _write(target: sqlite3.Connection, table: _Table, page: Page, found: Salvage) -> None:
    found.lost += page.lost
    for row in page.rows:
        if table.fits(row) and _insert(target, table, table.complete(row)):
            found.saved[table.name] += 1
        else:
            found.lost += 1


def _drop_orphans(target: sqlite3.Connection, tables: dict[str, _Table], found: Salvage) -> None:
    """Remove what means nothing without a row that is lost: a template without its consent."""
    for name, table in tables.items():
        for statement in _orphaned(target, table):
            dropped = target.execute(statement).rowcount
            found.saved[name] -= dropped
            found.lost += dropped


def _orphaned(target: sqlite3.Connection, table: _Table) -> Iterator[str]:
    """Yield what removes rows that name a row of another table that is not there."""
    keys: dict[int, list[tuple[str, str, str]]] = {}
    for one in target.execute(f'PRAGMA foreign_key_list("{table.name}")').fetchall():
        number, _, parent, mine, theirs = tuple(one)[:5]
        theirs = theirs or _key_of(target, parent)
        keys.setdefault(number, []).append((parent, mine, theirs))
    for columns in keys.values():
        same = " AND ".join(
            f'parent."{theirs}" = "{table.name}"."{mine}"' for _, mine, theirs in columns
        )
        named = " AND ".join(f'"{mine}" IS NOT NULL' for _, mine, _ in columns)
        yield (
            f'DELETE FROM "{table.name}" WHERE {named} AND NOT EXISTS'
            f' (SELECT 1 FROM "{columns[0][0]}" AS parent WHERE {same})'
        )


def _key_of(target: sqlite3.Connection, table: str) -> str:
    query = "SELECT name FROM pragma_table_info(?) WHERE pk = 1"
    return str(target.execute(query, (table,)).fetchone()["name"])


def _insert(target: sqlite3.Connection, table: _Table, values: Sequence[Value]) -> bool:
    names = ", ".join(f'"{column.name}"' for column in table.columns[: len(values)])
    marks = ", ".join("?" for _ in values)
    with contextlib.suppress(sqlite3.IntegrityError, OverflowError):
        target.execute(f'INSERT OR REPLACE INTO "{table.name}" ({names}) VALUES ({marks})', values)
        return True
    return False


def _tables(target: sqlite3.Connection) -> Iterator[_Table]:
    listed = target.execute(
        "SELECT name, wr FROM pragma_table_list WHERE schema = 'main' AND type = 'table'"
        " AND name NOT LIKE 'sqlite_%' ORDER BY name"
    ).fetchall()
    for name, without_rowid in listed:
        facts = target.execute(f'PRAGMA table_info("{name}")').fetchall()
        if without_rowid:  # stored as an index is: what it is sorted by, then the rest
            facts.sort(key=lambda one: (not one["pk"], one["pk"], one["cid"]))
        columns = tuple(
            _Column(
                one["name"],
                _affinity(one["type"]),
                bool(one["notnull"]) and one["dflt_value"] is None,
            )
            for one in facts
        )
        keys = [place for place, one in enumerate(facts) if one["pk"]]
        is_rowid = not without_rowid and len(keys) == 1 and facts[keys[0]]["type"] == "INTEGER"
        yield _Table(name, columns, keys[0] if is_rowid else None, not without_rowid, bool(keys))


def _affinity(declared: str) -> str:
    return declared if declared in ("INTEGER", "REAL", "TEXT", "BLOB") else ""


def _is_one(column: _Column, value: Value) -> bool:
    """Return whether a column may hold a value; SQLite stores a whole REAL as an integer."""
    if value is None:
        return not column.needed
    match column.affinity:
        case "INTEGER":
            return isinstance(value, int)
        case "REAL":
            return isinstance(value, int | float)
        case "TEXT":
            return isinstance(value, str)
    return True


def _is_table(page: Page) -> bool:
    return page.kind in (PageKind.TABLE_LEAF, PageKind.TABLE_INTERIOR)
