"""What was erased on purpose: people's words may go, but never without a line in the audit log, which is itself proven.

Whoever erases writes one line with the act ``payload.erased`` per subject: the message_id of an operation, the digest
of an envelope, ``<conversation_id> <seq> <subject>`` of a commitment's salt, or ``<record> <key>`` of a leaf's salt.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, select

from gateway.store.tables import audit_log

ERASED: Final = "payload.erased"


def is_erased(connection: Connection, subject: str) -> bool:
    """Whether the audit log says that this was erased."""
    of = (audit_log.c.act == ERASED, audit_log.c.subject == subject)
    return connection.execute(select(audit_log.c.audit_id).where(*of).limit(1)).first() is not None
