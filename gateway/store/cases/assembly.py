"""Dossiers that are due, one collector at a time on each."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, or_, select, update

from gateway.ports.case import ClaimAssembly, ClaimedAssembly, PostponeAssembly
from gateway.store.engine.operations import Transactions, each, steps, writes
from gateway.store.tables import assemblies
from gateway.store.tables.delivery import IS_DUE


@steps(ClaimAssembly)
async def claim_assembly(store: Transactions, wanted: ClaimAssembly) -> ClaimedAssembly | None:
    """The collector asks often and finds seldom."""
    return await store.write(lease_assembly, wanted) if await store.read(has_due, wanted) else None


@each
def lease_assembly(connection: Connection, job: ClaimAssembly) -> ClaimedAssembly | None:
    """The oldest due dossier that nobody holds."""
    chosen = (
        select(assemblies)
        .where(IS_DUE, _is_free(job.now))
        .order_by(assemblies.c.ordered_at, assemblies.c.conversation_id, assemblies.c.dossier_no)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    row = connection.execute(chosen).first()
    if row is None:
        return None
    fence = row.fence + 1
    of = (assemblies.c.conversation_id == row.conversation_id, assemblies.c.dossier_no == row.dossier_no)
    connection.execute(update(assemblies).where(*of).values(fence=fence, lease_until=job.lease_until))
    return ClaimedAssembly(row.conversation_id, row.dossier_no, row.court, row.claim, fence, row.ordered_at, row.trace)


def has_due(connection: Connection, wanted: ClaimAssembly) -> bool:
    """Whether a claim would find something."""
    due = select(assemblies.c.dossier_no).where(IS_DUE, _is_free(wanted.now))
    return connection.execute(due.limit(1)).first() is not None


@writes(PostponeAssembly)
@each
def postpone_assembly(connection: Connection, job: PostponeAssembly) -> None:
    """Under its fence alone: whoever lost the lease meanwhile moves nothing."""
    order = job.order
    connection.execute(
        update(assemblies)
        .where(
            assemblies.c.conversation_id == order.conversation_id,
            assemblies.c.dossier_no == order.dossier_no,
            assemblies.c.fence == order.fence,
            IS_DUE,
        )
        .values(lease_until=job.until)
    )


def _is_free(now: datetime) -> ColumnElement[bool]:
    return or_(assemblies.c.lease_until.is_(None), assemblies.c.lease_until <= now)
