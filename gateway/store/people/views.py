"""Saved views: rows of their owners, each act with its line in the audit log."""

from __future__ import annotations

from sqlalchemy import Connection, delete, func, select, update

from gateway.domain.refusal import ActRefusal, RefusalReason, refusal_of
from gateway.ports.people.views import MOST_VIEWS, ForgetView, ListViews, SavedView, SaveView
from gateway.store.engine.operations import each, serves, writes
from gateway.store.engine.statements import add
from gateway.store.ledger.leaves import add_proven
from gateway.store.tables import audit_log, saved_views, users


@serves(ListViews)
def views_for(connection: Connection, wanted: ListViews) -> tuple[SavedView, ...]:
    """The user's own by their names, then those that others share."""
    columns = (
        saved_views.c.view_id, saved_views.c.name, saved_views.c.query, saved_views.c.is_shared,
        users.c.name.label("owner"), saved_views.c.user_id,
    )  # fmt: skip
    of = select(*columns).join_from(saved_views, users, users.c.user_id == saved_views.c.user_id)
    of = of.where(saved_views.c.list_key == wanted.list_key)
    order = (saved_views.c.name, saved_views.c.view_id)
    own = of.where(saved_views.c.user_id == wanted.user_id)
    shared = of.where(saved_views.c.is_shared, saved_views.c.user_id != wanted.user_id, users.c.disabled_at.is_(None))
    found = [row for one in (own, shared) for row in connection.execute(one.order_by(*order).limit(MOST_VIEWS))]
    return tuple(SavedView(*row[:5], is_own=row.user_id == wanted.user_id) for row in found)


@writes(SaveView)
@each
def save_view(connection: Connection, job: SaveView) -> ActRefusal | None:
    """One under the same name is replaced."""
    connection.execute(select(users.c.user_id).where(users.c.user_id == job.user_id).with_for_update())
    values = {"query": job.query, "is_shared": job.is_shared, "saved_at": job.at}
    key = {"user_id": job.user_id, "list_key": job.list_key, "name": job.name}
    named = [saved_views.c[name] == value for name, value in key.items()]
    result = "saved, shared" if job.is_shared else "saved"
    if not connection.execute(update(saved_views).where(*named).values(values)).rowcount:
        count = select(func.count()).select_from(saved_views).where(saved_views.c.user_id == job.user_id)
        if connection.execute(count).scalar_one() >= MOST_VIEWS:
            return refusal_of(RefusalReason.TOO_MANY_VIEWS, most=MOST_VIEWS)
        add(connection, saved_views, [key | values])
    _note(connection, job, job.name, "view.saved", result)
    return None


@writes(ForgetView)
@each
def forget_view(connection: Connection, job: ForgetView) -> bool:
    """Whether the user had it."""
    of = (saved_views.c.view_id == job.view_id, saved_views.c.user_id == job.user_id)
    name = connection.scalar(select(saved_views.c.name).where(*of))
    if name is None:
        return False
    connection.execute(delete(saved_views).where(*of))
    _note(connection, job, name, "view.removed", "removed")
    return True


def _note(connection: Connection, job: SaveView | ForgetView, name: str, act: str, result: str) -> None:
    line = {"at": job.at, "by": job.by, "act": act, "subject": name, "reason": "", "result": result}
    add_proven(connection, audit_log, [line])
