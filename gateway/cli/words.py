"""Headings and closed sets as the commands print them to people who read about an appeal, in the three languages."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from contracts.party import LocalText
from gateway.texts.codes import CIRCUITS, DELIVERY_STATES, OUTCOMES, PAUSED, ROLES, STATES, STATUSES, STEPS
from gateway.texts.text_file import TextFile
from signing.service import SignatureAnswer

__all__ = ["CIRCUITS", "DELIVERY_STATES", "OUTCOMES", "PAUSED", "ROLES", "STATES", "STATUSES", "STEPS"]

_TEXTS: Final = TextFile(Path(__file__).with_suffix(".toml"))
WHEN: Final = _TEXTS.text("when")
WHO: Final = _TEXTS.text("who")
WHAT: Final = _TEXTS.text("what")
TERMS: Final = _TEXTS.text("terms")
DUTY: Final = _TEXTS.text("duty")
ARTICLE: Final = _TEXTS.text("article")
DUE: Final = _TEXTS.text("due")
STATE: Final = _TEXTS.text("state")
RULES: Final = _TEXTS.text("rules")
BEGINS: Final = _TEXTS.text("begins")
LATE: Final = _TEXTS.text("late")
EXPECTED: Final = _TEXTS.text("expected")
CAME: Final = _TEXTS.text("came")
MET: Final = _TEXTS.text("met")
CASE: Final = _TEXTS.text("case")
AS_EXPECTED: Final = _TEXTS.text("as_expected")

DELIVERIES: Final = _TEXTS.text("deliveries")
ATTEMPTS: Final = _TEXTS.text("attempts")
NUMBER: Final = _TEXTS.text("number")
TO: Final = _TEXTS.text("to")
MESSAGE: Final = _TEXTS.text("message")
TRIED: Final = _TEXTS.text("tried")
SINCE: Final = _TEXTS.text("since")
NEXT: Final = _TEXTS.text("next")
DETAIL: Final = _TEXTS.text("detail")
STARTED: Final = _TEXTS.text("started")
TOOK: Final = _TEXTS.text("took")
OUTCOME: Final = _TEXTS.text("outcome")
HTTP: Final = _TEXTS.text("http")
NONE_MATCH: Final = _TEXTS.text("none_match")
EVIDENCE: Final = _TEXTS.text("evidence")
NOT_SEALED: Final = _TEXTS.text("not_sealed")
SIGNATURE: Final = _TEXTS.text("signature")
HOLDER: Final = _TEXTS.text("holder")
NO_SIGNATURE: Final = _TEXTS.text("no_signature")
ENVELOPES: Final = _TEXTS.text("envelopes")
ANCHOR: Final = _TEXTS.text("anchor")

VERDICTS: Final[Mapping[SignatureAnswer, LocalText]] = _TEXTS.table_of("verdicts", SignatureAnswer)

BACKLOG: Final = _TEXTS.text("backlog")
BACKLOG_COUNTS: Final = tuple(_TEXTS.table("backlog_counts").values())
OLDEST: Final = _TEXTS.text("oldest")
LAST_RECEIPT: Final = _TEXTS.text("last_receipt")
LEFT_ALONE: Final = _TEXTS.text("left_alone")
PROBED: Final = _TEXTS.text("probed")
PEOPLE_NOTIFIED: Final = _TEXTS.text("people_notified")

CIRCUIT: Final = _TEXTS.text("circuit")

TOTAL: Final = _TEXTS.text("total")
NOTHING_WAITS: Final = _TEXTS.text("nothing_waits")
USERS: Final = _TEXTS.text("users")
USER: Final = _TEXTS.text("user")
ROLE: Final = _TEXTS.text("role")
ADDED: Final = _TEXTS.text("added")
DISABLED: Final = _TEXTS.text("disabled")
LOCKED_UNTIL: Final = _TEXTS.text("locked_until")

TOKENS: Final = _TEXTS.text("tokens")
TOKEN: Final = _TEXTS.text("token")
HINT: Final = _TEXTS.text("hint")
ENDS: Final = _TEXTS.text("ends")
REVOKED: Final = _TEXTS.text("revoked")
USED: Final = _TEXTS.text("used")
_TEXTS.end()
