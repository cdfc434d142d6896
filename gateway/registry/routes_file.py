"""Routes alone, as a table (CSV) or in YAML: thousands of them are kept by other people than the parties are.

CSV as spreadsheets write it: UTF-8, with or without a byte order mark, parted by ``;`` or ``,``, one heading line whose
columns may stand in any order. All problems of a file are reported at once, each with its line.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from itertools import zip_longest
from pathlib import Path
from typing import Final, Literal

from pydantic import ValidationError

from contracts.party import Registry, Route
from gateway.config.yaml_form import Form, FormInvalid, error_text, lines_of_items, parse_yaml, place_of, write_form
from gateway.registry.routes_form import RouteForm, RoutePlace, form_of_route, problems_among, route_from

COLUMNS: Final = ("role", "subject", "kato", "level", "party")
_MAY_BE_ABSENT: Final = {"level"}

Row = tuple[RoutePlace, Mapping[str, object]]
"""One route as it stands in the file, not looked into yet."""


class _RoutesForm(Form):
    version: Literal[1]
    routes: list[dict[str, object]]


def read_routes(path: Path, registry: Registry) -> tuple[Route, ...]:
    """The routes in a file, all of them to parties of ``registry``. Raises FormInvalid with everything wrong."""
    read = _READERS.get(path.suffix.lower())
    if read is None:
        raise FormInvalid([f"{path}: neither .csv nor .yaml; name the file by what is in it"])
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as problem:
        raise FormInvalid([f"{path}: cannot be read ({problem}). Name a readable file in UTF-8."]) from problem
    problems: list[str] = []
    placed = list(_routes(read(text), problems))
    problems += problems_among(placed, {party.party_id: party.role for party in registry.parties})
    if problems:
        raise FormInvalid(problems)
    return tuple(route for _, route in placed)


def csv_of(routes: tuple[Route, ...]) -> str:
    """The table that reads back as these routes."""
    page = io.StringIO()
    table = csv.DictWriter(page, COLUMNS, lineterminator="\n")
    table.writeheader()
    table.writerows(form_of_route(route) for route in routes)
    return page.getvalue()


def yaml_of(routes: tuple[Route, ...]) -> str:
    """The YAML that reads back as these routes."""
    return write_form({"version": 1, "routes": [form_of_route(route) for route in routes]})


def _routes(rows: Iterator[Row], problems: list[str]) -> Iterator[tuple[RoutePlace, Route]]:
    """The rows that are routes; of the others, and of a file that breaks off, what is wrong."""
    try:
        for place, row in rows:
            try:
                yield place, route_from(RouteForm.model_validate(row))
            except ValidationError as invalid:
                problems += (f"{place.of(place_of(error['loc']))}: {error_text(error)}" for error in invalid.errors())
    except FormInvalid as broken:
        problems += broken.problems


def _yaml_rows(text: str) -> Iterator[Row]:
    try:
        form = _RoutesForm.model_validate(parse_yaml(text))
    except ValidationError as invalid:
        raise FormInvalid(f"{place_of(error['loc'])}: {error_text(error)}" for error in invalid.errors()) from invalid
    for line, row in zip(lines_of_items(text, "routes"), form.routes, strict=True):
        yield _line(line), row


def _csv_rows(text: str) -> Iterator[Row]:
    """A cell without a column, or a column that is not ours, is refused: it may be the one that somebody relied on."""
    table = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        heading = [cell.strip().lower() for cell in next(table, [])]
        _check_heading(heading)
        for cells in table:
            stripped = [cell.strip() for cell in cells]
            if any(stripped):
                yield _line(table.line_num), _row(heading, stripped)
    except csv.Error as problem:
        raise FormInvalid([f"line {table.line_num}: no CSV ({problem})"]) from problem


def _delimiter(text: str) -> str:
    first = text.partition("\n")[0]
    return max(";,", key=first.count)


def _check_heading(heading: list[str]) -> None:
    lacking = [name for name in COLUMNS if name not in heading and name not in _MAY_BE_ABSENT]
    unknown = [name for name in heading if name and name not in COLUMNS]
    doubled = [name for name in COLUMNS if heading.count(name) > 1]
    problems = [
        *(f"line 1: no column {name}" for name in lacking),
        *(f"line 1: unknown column {name!r}; there are {', '.join(COLUMNS)}" for name in unknown),
        *(f"line 1: column {name} stands twice" for name in doubled),
    ]
    if problems:
        raise FormInvalid(problems)


def _row(heading: list[str], cells: list[str]) -> Mapping[str, object]:
    """Empty cells say nothing, so that a missing value is told as missing."""
    named = zip_longest(heading, cells, fillvalue="")
    return {name or f"cell {number}": cell for number, (name, cell) in enumerate(named, start=1) if cell}


def _line(number: int) -> RoutePlace:
    return RoutePlace(f"line {number}", ", ")


_READERS: Final[Mapping[str, Callable[[str], Iterator[Row]]]] = {
    ".csv": _csv_rows,
    ".yaml": _yaml_rows,
    ".yml": _yaml_rows,
}
