"""Tables of others: changed cell by cell, and otherwise as they were."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.errors import UsageError
from grader.reports.tables import read_table


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from('a;,"\t|\r\n ü王'), min_size=1).filter(lambda text: text.strip()))
def test_a_table_that_is_not_changed_stays_byte_for_byte(text):
    """However odd a file is, what nobody sets is written as it was."""
    table = read_table(text.encode())

    assert table.text().encode(table.encoding) == text.encode()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "gbk"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encoding_and_delimiter_are_kept(encoding, delimiter):
    """A file is read as it was saved, and a cell is set in the same encoding."""
    names = "姓名" if encoding in ("gbk", "utf-16") else "Größe"
    data = f'{names}{delimiter}"x"\r\n{names}{delimiter}"{delimiter}"\r\n'.encode(encoding)
    table = read_table(data)
    table.set(1, 1, 'a"b')

    assert table.header == [names, "x"]
    assert [table.value(1, column) for column in range(2)] == [names, 'a"b']
    assert table.text().encode(table.encoding).startswith(names[0].encode(encoding)[:3])


@pytest.mark.parametrize("data", [b"", b" \n", b"PK\x03\x04\0\0\x08\0", b"\xef\xbb\xbf\n"])
def test_what_is_no_table_is_refused(data):
    """An empty file or a workbook is told to be saved as CSV."""
    with pytest.raises(UsageError, match="CSV"):
        read_table(data)
