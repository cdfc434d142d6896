"""What was erased on purpose: people's words may go, but never without a line in the audit log, which is itself proven.

Whoever erases writes one line with the act ``payload.erased`` per subject: the message_id of an operation, the digest
of an envelope, ``<conversation_id> <seq> <subject>`` of a commitment's salt, or ``<record> <key>`` of a leaf's salt.
Rows of a log go a thousand at a time, with one line for all: ``<record> <first>-<last>``, by their numbers.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, select

from gateway.ports.case import EraseCases, EraseRows
from gateway.store.ledger.leaves import add_proven
from gateway.store.tables import audit_log

ERASED: Final = "payload.erased"
GONE: Final = frozenset({"accesses", "revocation_checks"})
"""Records whose rows go as a whole: their leaves say all that they said. Of others only people's words go."""

_SPAN: Final = re.compile(r"([a-z_]+) (\d+)-(\d+)")
_NUMBER: Final = re.compile(r"\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class Spans:
    """Numbers of log rows that were erased, by record: ends of spans that do not overlap, in order."""

    by_record: dict[str, list[tuple[int, int]]]

    @classmethod
    def read(cls, connection: Connection) -> Spans:
        """As the audit log says."""
        found: dict[str, list[tuple[int, int]]] = defaultdict(list)
        lines = select(audit_log.c.subject).where(audit_log.c.act == ERASED, audit_log.c.subject.like("% %-%"))
        for subject in connection.scalars(lines):
            if span := _SPAN.fullmatch(subject):
                found[span[1]].append((int(span[2]), int(span[3])))
        return cls({record: sorted(spans) for record, spans in found.items()})

    def cover(self, record: str, key: str) -> bool:
        """Whether the row with this key (a JSON list of one number) is in a span."""
        number = _NUMBER.fullmatch(key)
        spans = self.by_record.get(record)
        if number is None or not spans:
            return False
        place = bisect_right(spans, (int(number[1]), 1 << 63)) - 1
        return place >= 0 and spans[place][0] <= int(number[1]) <= spans[place][1]

    def end(self, record: str) -> int:
        """The last number that was erased; 0 when none was."""
        return max((last for _, last in self.by_record.get(record, ())), default=0)


def is_erased(connection: Connection, subject: str) -> bool:
    """Whether the audit log says that this was erased."""
    of = (audit_log.c.act == ERASED, audit_log.c.subject == subject)
    return connection.execute(select(audit_log.c.audit_id).where(*of).limit(1)).first() is not None


def record_erased(
    connection: Connection, subjects: Iterable[str], why: EraseCases | EraseRows, result: str = "done"
) -> int:
    """A line for each subject, in the commit that erases; returns how many."""
    line = {"at": why.at, "by": why.by, "act": ERASED, "reason": why.reason, "result": result}
    lines = [{**line, "subject": subject} for subject in subjects]
    add_proven(connection, audit_log, lines)
    return len(lines)
