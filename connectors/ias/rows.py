"""CSV as the export writes it: with or without a byte order mark, ``;`` or ``,``, quoted fields over several lines."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from connectors.ias.problems import ExportUnreadable

NUMBER: Final = "reg_number"
_DELIMITERS: Final = ";,\t"
_QUOTE_OR_END: Final = re.compile(r'["\n]')


@dataclass(frozen=True, slots=True)
class Row:
    """One row's text with its line end, and the line on which it begins."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class CsvTable:
    """A table whose rows are still the text that they were."""

    file: str
    delimiter: str
    header: Row
    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    @classmethod
    def of(cls, file: str, text: str) -> CsvTable:
        """Raises ExportUnreadable without a header that has the number of the appeal."""
        rows = list(_rows(file, text))
        if not rows:
            raise ExportUnreadable(f"{file} is empty. Export it anew, with a first line of column names")
        delimiter = max(_DELIMITERS, key=rows[0].text.count)
        columns = tuple(name.strip() for name in _fields(rows[0], delimiter))
        if NUMBER not in columns:
            detail = f"{file}, line 1: no column is called {NUMBER}. Export it with the names of its columns"
            raise ExportUnreadable(detail)
        doubled = [name for name in columns if any(other.startswith(f"{name}.") for other in columns)]
        if doubled:
            detail = f"{file}, line 1: {doubled[0]} is a column and a group of columns. Leave one of them out"
            raise ExportUnreadable(detail)
        return cls(file, delimiter, rows[0], columns, tuple(rows[1:]))

    def number_of(self, index: int) -> str:
        """The appeal's number in a row; empty where the row is too short to have one."""
        values, place = _fields(self.rows[index], self.delimiter), self.columns.index(NUMBER)
        return values[place].strip() if place < len(values) else ""

    def excerpt(self, indexes: Sequence[int]) -> bytes:
        """The header and these rows, as they stand in the file; one that ends it without a line end gets one."""
        taken = (self.header, *(self.rows[index] for index in indexes))
        return "".join(row.text if row.text.endswith("\n") else f"{row.text}\n" for row in taken).encode()

    def values(self) -> Iterator[dict[str, Any]]:
        """Each row by its columns; ``applicant.iinbin`` lies in ``applicant``. Empty fields are absent."""
        for row in self.rows:
            yield _nested(dict(zip(self.columns, _fields(row, self.delimiter), strict=False)))


def _rows(file: str, text: str) -> Iterator[Row]:
    """A line end within quotes ends no row."""
    begin, line, begun, quoted = 0, 1, 1, False
    whole = text if text.endswith("\n") else f"{text}\n"
    for found in _QUOTE_OR_END.finditer(whole):
        if found[0] == '"':
            quoted = not quoted
            continue
        line += 1
        if not quoted:
            if whole[begin : found.start()].strip():
                yield Row(text[begin : found.end()], begun)
            begin, begun = found.end(), line
    if quoted:
        raise ExportUnreadable(f"{file}, line {begun}: a quote is opened and never closed. Export it anew")


def _fields(row: Row, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([row.text.rstrip("\r\n")], delimiter=delimiter), [])
    except csv.Error as broken:
        raise ExportUnreadable(f"line {row.line}: {broken}. Export it anew") from broken


def _nested(flat: dict[str, str]) -> dict[str, Any]:
    whole: dict[str, Any] = {}
    for name, value in flat.items():
        *path, last = name.split(".")
        inner = whole
        for step in path:
            inner = inner.setdefault(step, {})
        if value.strip():
            inner[last] = value
    return whole
