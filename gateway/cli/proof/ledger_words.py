"""What ``dalel ledger`` tells people, in the three languages."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from contracts.party import LocalText
from gateway.domain.ledger import LedgerProblem
from gateway.texts.text_file import TextFile

_TEXTS: Final = TextFile(Path(__file__).with_suffix(".toml"))
TITLE: Final = _TEXTS.text("title")
HOLDS: Final = _TEXTS.text("holds")
BROKEN: Final = _TEXTS.text("broken")
MORE: Final = _TEXTS.text("more")
WHAT_CHECKED: Final = _TEXTS.text("what_checked")

TABLE: Final = _TEXTS.text("table")
KEY: Final = _TEXTS.text("key")
WRONG: Final = _TEXTS.text("wrong")
DETAIL: Final = _TEXTS.text("detail")

PROBLEMS: Final[Mapping[LedgerProblem, LocalText]] = _TEXTS.table_of("problems", LedgerProblem)

COUNTS: Final[Mapping[str, LocalText]] = _TEXTS.table("counts")

SEALED: Final = _TEXTS.text("sealed")
STAMPED: Final = _TEXTS.text("stamped")
UNSEALED: Final = _TEXTS.text("unsealed")
TOKENLESS: Final = _TEXTS.text("tokenless")
LAST_SEALED: Final = _TEXTS.text("last_sealed")
SINCE: Final = _TEXTS.text("since")

EXPORTED: Final = _TEXTS.text("exported")
CONTINUES: Final = _TEXTS.text("continues")
DOES_NOT_CONTINUE: Final = _TEXTS.text("does_not_continue")
_TEXTS.end()
