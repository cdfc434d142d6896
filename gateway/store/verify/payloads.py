"""Bytes against their digests: operations of messages, and envelopes, each of which some record must name."""

from __future__ import annotations

import hashlib

from sqlalchemy import ColumnElement, Connection, select

from contracts.header import Action
from contracts.payloads import PutDocument, ReportIncident
from gateway.domain.ledger import LedgerProblem, LedgerTally
from gateway.store.engine.paging import key_text, pages
from gateway.store.ledger.erasures import is_erased
from gateway.store.tables import envelopes, messages, metadata

_KEPT_AT_BUCKET = frozenset({Action.of(PutDocument), Action.of(ReportIncident)})
"""Their content is the document, or the incident; the digest proves what it was."""
_PAYLOADS_AT_ONCE = 50  # each may have megabytes


def verify_operations(connection: Connection, tally: LedgerTally) -> None:
    """The row's digest is proven by its leaf; the operation must be its bytes, or erased by somebody named."""
    columns = (messages.c.message_no, messages.c.message_id, messages.c.action, messages.c.digest, messages.c.operation)
    for page in pages(connection, select(*columns), [messages.c.message_no], size=_PAYLOADS_AT_ONCE):
        for row in page:
            key = key_text([row.message_no])
            if row.operation is not None:
                if hashlib.sha256(row.operation).hexdigest() != row.digest:
                    tally.find(LedgerProblem.PAYLOAD_CHANGED, messages.name, key, "operation")
            elif row.action not in _KEPT_AT_BUCKET:
                _expect_erased(connection, tally, row.message_id, messages.name, key)
        tally.progress(len(page))


def verify_envelopes(connection: Connection, tally: LedgerTally) -> None:
    """An envelope's key is the digest of its bytes; none of them is there without a record that names it."""
    columns = (envelopes.c.sha256, envelopes.c.content)
    naming = _naming_columns()
    for page in pages(connection, select(*columns), [envelopes.c.sha256], size=_PAYLOADS_AT_ONCE):
        for row in page:
            if not row.content:  # an empty one is never kept
                _expect_erased(connection, tally, row.sha256, envelopes.name, key_text([row.sha256]))
            elif hashlib.sha256(row.content).hexdigest() != row.sha256:
                tally.find(LedgerProblem.PAYLOAD_CHANGED, envelopes.name, key_text([row.sha256]), "content")
        keys = {row.sha256 for row in page}
        named = {found for column in naming for found in connection.scalars(select(column).where(column.in_(keys)))}
        for key in sorted(keys - named):
            tally.find(LedgerProblem.UNNAMED, envelopes.name, key_text([key]))
        tally.count("envelopes", len(page))
    _verify_named_are_there(connection, tally, naming)


def _verify_named_are_there(connection: Connection, tally: LedgerTally, naming: list[ColumnElement[str]]) -> None:
    """Foreign keys say so too, but whoever edits the database may have turned them off."""
    for column in naming:
        there = select(envelopes.c.sha256).where(envelopes.c.sha256 == column).exists()
        for digest in connection.scalars(select(column).where(column.is_not(None), ~there).distinct()):
            tally.find(LedgerProblem.MISSING, envelopes.name, key_text([digest]))


def _naming_columns() -> list[ColumnElement[str]]:
    return [
        key.parent for table in metadata.sorted_tables for key in table.foreign_keys if key.column is envelopes.c.sha256
    ]


def _expect_erased(connection: Connection, tally: LedgerTally, subject: str, table: str, key: str) -> None:
    tally.count("erased", 1)
    if not is_erased(connection, subject):
        tally.find(LedgerProblem.ERASED_SILENTLY, table, key)
