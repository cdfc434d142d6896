"""Acts as they cross the admin socket, on deliveries, users, tokens and what was kept long enough."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from contracts.header import ConversationId
from contracts.party import PartyId
from gateway.domain.delivery.acts import Act
from gateway.domain.people.audit_result import AuditOutcome, AuditResult
from gateway.domain.retention import Retention, RetentionKind
from gateway.http.json_form import FormUnreadable, JsonForm, Stated, form_of
from gateway.ports.deliveries import Moved, Selection
from gateway.ports.parties import Switch
from gateway.ports.people.tokens import AddToken, RevokeToken, TokenChange
from gateway.ports.people.users import AddUser, ChangeRole, DisableUser, EnableUser, SetPassword, UserChange
from gateway.service.retain import Sweep


@dataclass(frozen=True, slots=True)
class BulkOrder:
    """What one request asks for: of deliveries with these numbers, or of a selection that goes on after ``after``."""

    act: Act
    by: Stated
    reason: Stated
    ids: tuple[int, ...] = ()
    selection: Selection | None = None
    after: int = 0

    @property
    def of(self) -> tuple[int, ...] | Selection:
        """What it is about."""
        return self.ids or self.selection or ()


_BULK: Final = form_of(BulkOrder)
MOVED: Final = form_of(Moved)


def order_form(order: BulkOrder) -> dict[str, Any]:
    """The order in terms of JSON."""
    return _BULK.written(order)


def read_order(form: Mapping[str, Any]) -> BulkOrder:
    """The order of a form. Raises ``FormUnreadable``, also for one that names no delivery."""
    order = _BULK.read(form)
    if (order.selection is None) is not bool(order.ids):
        raise FormUnreadable("either numbers of deliveries or a selection must be named")
    return order


@dataclass(frozen=True, slots=True)
class SwitchOrder:
    """A party is to be paused or resumed."""

    switch: Switch
    party_id: PartyId
    by: Stated
    reason: Stated


@dataclass(frozen=True, slots=True)
class AcknowledgeOrder:
    """An alarm is taken up."""

    alarm: int
    by: Stated
    reason: Stated


@dataclass(frozen=True, slots=True)
class CheckOrder:
    """The ledger was checked. ``findings``: rows that are not as recorded; ``continues``: a head that was kept."""

    by: Stated
    leaves: int
    findings: int
    continues: bool

    @property
    def result(self) -> str:
        """As the audit log tells it."""
        if self.findings:
            return str(AuditResult(AuditOutcome.BROKEN, f"{self.findings} rows are not as they were recorded"))
        if not self.continues:
            return str(AuditResult(AuditOutcome.BROKEN, "it does not continue the head that was kept"))
        return str(AuditResult(AuditOutcome.DONE, "holds"))


SWITCH: Final = form_of(SwitchOrder)
ACKNOWLEDGE: Final = form_of(AcknowledgeOrder)
CHECK: Final = form_of(CheckOrder)

USER_CHANGE: Final[JsonForm[UserChange]] = JsonForm(
    {kind.__name__: kind for kind in (AddUser, SetPassword, DisableUser, EnableUser, ChangeRole)}, "change"
)
"""Of the password only its hash crosses the socket."""

TOKEN_CHANGE: Final[JsonForm[TokenChange]] = JsonForm(
    {kind.__name__: kind for kind in (AddToken, RevokeToken)}, "change"
)
"""Of the token only its digest crosses the socket."""


@dataclass(frozen=True, slots=True)
class SweepForm:
    """A pass of retention, as far as it has come; how long each is kept, the exchange knows itself."""

    by: str
    reason: str | None = None
    place: tuple[datetime, ConversationId] | None = None
    done: tuple[RetentionKind, ...] = ()


_SWEEP: Final = form_of(SweepForm)


def sweep_form(sweep: Sweep) -> dict[str, Any]:
    """The pass in terms of JSON."""
    return _SWEEP.written(SweepForm(sweep.by, sweep.reason, sweep.place, tuple(sorted(sweep.done))))


def read_sweep(form: Mapping[str, Any], retention: Retention) -> Sweep:
    """The pass of a form. Raises ``FormUnreadable``."""
    read = _SWEEP.read(form)
    return Sweep(retention, by=read.by, reason=read.reason, place=read.place, done=set(read.done))
