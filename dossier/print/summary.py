"""``dossier.pdf``: the description printed for people, Kazakh and Russian, as PDF/A-2b by typst.

What people wrote goes to the template as data and is shown as it stands, never read as markup. Characters that the
built-in fonts lack become ``□``: PDF/A forbids missing glyphs, and no applicant's emoji may stop a dossier.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import typst

from dossier.packaging.description import DossierDescription
from dossier.packaging.silence import DefaultAct
from dossier.print.view import view

TEMPLATE: Final = Path(__file__).parent / "typst" / "dossier.typ"
LONGEST_WORD: Final = 20
"""Characters after which a word without a break may be broken, so that no cell overflows."""

_DIGEST: Final = r"\b[0-9a-f]{64}\b"  # has its own place, and must be copied from the page as it is
_LONG_WORD: Final = re.compile(rf"{_DIGEST}|\S{{{LONGEST_WORD}}}(?=\S)")
_NOT_PRINTABLE: Final = re.compile(
    "[^\n\u0020-\u007e\u00a0-\u017f\u0400-\u04ff\u2010-\u2015\u2018-\u201e\u2020-\u2022\u2026\u2030\u2039\u203a\u20ac\u20b8\u2116\u2190-\u2193\u2212\u25a1]"
)


def build_summary(description: DossierDescription, acts: Sequence[DefaultAct] = ()) -> bytes:
    """The PDF; the same description gives the same bytes. ``acts``: the acts of silence, printed with it."""
    # Fonts of the machine would change the bytes; the built-in ones are the same everywhere.
    compiler = typst.Compiler(TEMPLATE, root=TEMPLATE.parent, ignore_system_fonts=True)
    rendered = compiler.compile(
        sys_inputs={"dossier": json.dumps(_printable(view(description, acts)), ensure_ascii=False)},
        format="pdf",
        pdf_standards=["a-2b"],
        timestamp=int(description.assembled_at.timestamp()),
    )
    if not isinstance(rendered, bytes):
        raise TypeError(f"typst answered with {type(rendered).__name__} where one PDF was asked for")
    return rendered


def _printable(value: object) -> object:
    """Every string without what the fonts lack, and with a place to break in every long word."""
    match value:
        case str():
            return _LONG_WORD.sub(_breakable, _NOT_PRINTABLE.sub("□", _flat(value)))
        case dict():
            return {_printable(key): _printable(item) for key, item in value.items()}  # ids are keys and values both
        case list():
            return [_printable(item) for item in value]
        case _:
            return value


def _flat(text: str) -> str:
    """Composed letters, which fonts have, and one kind of line end."""
    return unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\t", " ").replace("\r", "\n")


def _breakable(word: re.Match[str]) -> str:
    return word[0] if len(word[0]) > LONGEST_WORD else word[0] + "\u200b"
