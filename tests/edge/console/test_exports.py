import csv
import io

import pytest
from openpyxl import load_workbook

from edge.console.exports import Table, as_csv, as_xlsx


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_text_becomes_a_formula(text: str) -> None:
    table = Table("places", ("place", "incidents"), [(text, -3)])
    heading, row = csv.reader(io.StringIO(as_csv(table).decode("utf-8-sig"), newline=""))
    assert heading == ["place", "incidents"]
    assert row == [f"'{text}", "-3"]
    sheet = load_workbook(io.BytesIO(as_xlsx([table])))["places"]
    cell = sheet["A2"]
    assert cell.data_type == "s"
    assert str(cell.value).startswith("'")
    assert sheet["B2"].value == -3


def test_spreadsheets_read_chinese() -> None:
    assert as_csv(Table("t", ("位置",), [("东门",)])).startswith(b"\xef\xbb\xbf")
