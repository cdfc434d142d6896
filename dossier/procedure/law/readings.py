"""Open questions of the law, as ``readings.toml`` lists them, with the option that a rules file follows."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from dossier.procedure.law.law_file import UnusableLaw, check_keys, read_law_file, read_line, read_text
from dossier.procedure.law.rules import Reading


def load_readings(name: str, chosen: Mapping[str, Any]) -> Mapping[str, Reading]:
    """Every reading by its key. ``chosen``: the options that the rules file ``name`` follows instead of the usual ones.

    Raises ``UnusableLaw`` for a question or an option that is not known.
    """
    table = read_law_file("readings")
    if unknown := set(chosen) - set(table):
        raise UnusableLaw(f"{name} readings: unknown {', '.join(sorted(unknown))}")
    return MappingProxyType({key: _reading(name, key, row, chosen.get(key)) for key, row in table.items()})


def _reading(name: str, key: str, row: Mapping[str, Any], chosen: object) -> Reading:
    where = f"readings {key}"
    check_keys(where, row, required={"article", "value", "question", "option"})
    options = {option: read_text(f"{where} {option}", text) for option, text in row["option"].items()}
    value = read_line(f"{name} readings {key}", row["value"] if chosen is None else chosen)
    if value not in options:
        raise UnusableLaw(f"{name} readings {key}: {value!r} is none of {', '.join(options)}")
    article = read_line(f"{where} article", row["article"])
    return Reading(key, article, read_text(f"{where} question", row["question"]), options, value)
