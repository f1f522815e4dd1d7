"""Tables for other programs: CSV and XLSX, in which no cell can become a formula."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from openpyxl import Workbook

CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
NAME_LIMIT = 31
"""Characters that a sheet's name may have."""

Cell = str | int | float | None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a heading."""

    name: str
    heading: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def as_csv(table: Table) -> bytes:
    """Return a table as UTF-8 that spreadsheets recognise by its first bytes."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([_harmless(cell) for cell in table.heading])
    writer.writerows([_harmless(cell) for cell in row] for row in table.rows)
    return text.getvalue().encode("utf-8-sig")


def as_xlsx(tables: Sequence[Table]) -> bytes:
    """Return a workbook with a sheet for each table."""
    book = Workbook(write_only=True)
    for table in tables:
        sheet = book.create_sheet(table.name[:NAME_LIMIT])
        for row in (table.heading, *table.rows):
            sheet.append([_harmless(cell) for cell in row])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _harmless(cell: Cell) -> Cell:
    """Return a cell whose text no spreadsheet calculates."""
    if isinstance(cell, str) and cell.startswith(BEGINS_FORMULA):
        return f"'{cell}"
    return cell
