"""What the demo says, in the three languages."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from gateway.texts.text_file import TextFile

_TEXTS: Final = TextFile(Path(__file__).with_suffix(".toml"))
BUILD: Final = _TEXTS.text("build")
START: Final = _TEXTS.text("start")
LODGE: Final = _TEXTS.text("lodge")
HAND_OVER: Final = _TEXTS.text("hand_over")
BREACH: Final = _TEXTS.text("breach")
LATE_REPLY: Final = _TEXTS.text("late_reply")
DISAGREE: Final = _TEXTS.text("disagree")
COLLECT: Final = _TEXTS.text("collect")
RETRY: Final = _TEXTS.text("retry")
ACKNOWLEDGE: Final = _TEXTS.text("acknowledge")
CASE: Final = _TEXTS.text("case")
ASK: Final = _TEXTS.text("ask")
SUPPLEMENT: Final = _TEXTS.text("supplement")
PROVE: Final = _TEXTS.text("prove")

ATTEMPT: Final = _TEXTS.text("attempt")
SECONDS: Final = _TEXTS.text("seconds")
NOTICES: Final = _TEXTS.text("notices")
COURT_ATTEMPTS: Final = _TEXTS.text("court_attempts")
SUMMARY: Final = _TEXTS.text("summary")
CASE_NUMBER: Final = _TEXTS.text("case_number")
DOSSIER: Final = _TEXTS.text("dossier")
LATER_DOSSIER: Final = _TEXTS.text("later_dossier")
FOR_THE_JUDGE: Final = _TEXTS.text("for_the_judge")
BAD_DAY: Final = _TEXTS.text("bad_day")
LOOK: Final = _TEXTS.text("look")
CONSOLE: Final = _TEXTS.text("console")
PASSWORD: Final = _TEXTS.text("password")
NAME: Final = _TEXTS.text("name")
KEPT: Final = _TEXTS.text("kept")
ENDED: Final = _TEXTS.text("ended")
_TEXTS.end()
