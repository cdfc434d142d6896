"""Acts as they cross the admin socket, on deliveries, users, tokens and what was kept long enough: JSON and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from contracts.header import Action, ConversationId
from contracts.party import PartyId
from gateway.domain.delivery.acts import Act
from gateway.domain.delivery.states import DeliveryState
from gateway.domain.people.access import UserRole
from gateway.domain.people.audit_result import AuditOutcome, AuditResult
from gateway.domain.retention import Retention, RetentionKind
from gateway.ports.deliveries import Moved, RefusedMove, Selection
from gateway.ports.parties import Switch
from gateway.ports.people.tokens import AddToken, RevokeToken, TokenChange
from gateway.ports.people.users import AddUser, ChangeRole, DisableUser, EnableUser, SetPassword, UserChange
from gateway.service.retain import Sweep


@dataclass(frozen=True, slots=True)
class BulkOrder:
    """What one request asks for. ``of``: numbers of deliveries, or a selection that goes on after ``after``."""

    act: Act
    of: tuple[int, ...] | Selection
    by: str
    reason: str
    after: int = 0


def order_form(order: BulkOrder) -> dict[str, Any]:
    """The order in terms of JSON."""
    form: dict[str, Any] = {"act": order.act.value, "by": order.by, "reason": order.reason, "after": order.after}
    if not isinstance(order.of, Selection):
        return {**form, "ids": list(order.of)}
    of = order.of
    return {
        **form,
        "selection": {
            "recipient": of.recipient,
            "state": of.state and of.state.value,
            "appeal": of.appeal,
            "action": of.action and of.action.value,
            "created_before": of.created_before and of.created_before.isoformat(),
        },
    }


def read_order(form: Mapping[str, Any]) -> BulkOrder:
    """The order of a form. Raises KeyError, ValueError, TypeError for what is none; an empty reason is none."""
    by, reason = str(form["by"]).strip(), str(form["reason"]).strip()
    if not (by and reason):
        raise ValueError("who acts and why must be said")
    of = _selection(form["selection"]) if "selection" in form else tuple(int(one) for one in form["ids"])
    if of == ():
        raise ValueError("no delivery is named")
    return BulkOrder(Act(form["act"]), of, by, reason, int(form.get("after", 0)))


def read_moved(form: Mapping[str, Any]) -> Moved:
    """The answer to an order."""
    refused = tuple(RefusedMove(one["delivery_id"], one["reason"]) for one in form["refused"])
    return Moved(tuple(form["moved"]), refused, form["go_on_after"])


def sweep_form(sweep: Sweep) -> dict[str, Any]:
    """A pass of retention, as far as it has come."""
    place = sweep.place and [sweep.place[0].isoformat(), sweep.place[1]]
    return {"by": sweep.by, "reason": sweep.reason, "place": place, "done": sorted(sweep.done)}


def read_sweep(form: Mapping[str, Any], retention: Retention) -> Sweep:
    """The pass of a form. Raises KeyError, ValueError, TypeError for what is none."""
    place = form.get("place")
    return Sweep(
        retention,
        by=str(form["by"]),
        reason=form.get("reason"),
        place=place and (datetime.fromisoformat(place[0]), ConversationId(place[1])),
        done={RetentionKind(name) for name in form.get("done", ())},
    )


def _selection(form: Mapping[str, Any]) -> Selection:
    recipient, state, action, before = (form[name] for name in ("recipient", "state", "action", "created_before"))
    return Selection(
        recipient=None if recipient is None else PartyId(recipient),
        state=None if state is None else DeliveryState(state),
        appeal=form["appeal"],
        action=None if action is None else Action(action),
        created_before=None if before is None else datetime.fromisoformat(before),
    )


@dataclass(frozen=True, slots=True)
class SwitchOrder:
    """A party is to be paused or resumed."""

    switch: Switch
    party_id: PartyId
    by: str
    reason: str


def switch_form(order: SwitchOrder) -> dict[str, Any]:
    """The order in terms of JSON."""
    return {name: str(value) for name, value in asdict(order).items()}


def read_switch(form: Mapping[str, Any]) -> SwitchOrder:
    """The order of a form. Raises KeyError, ValueError; an empty reason is none."""
    by, reason = str(form["by"]).strip(), str(form["reason"]).strip()
    if not (by and reason):
        raise ValueError("who acts and why must be said")
    return SwitchOrder(Switch(form["switch"]), PartyId(str(form["party_id"])), by, reason)


@dataclass(frozen=True, slots=True)
class CheckOrder:
    """The ledger was checked. ``findings``: rows that are not as recorded; ``continues``: a head that was kept."""

    by: str
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


def check_form(order: CheckOrder) -> dict[str, Any]:
    """The order in terms of JSON."""
    return asdict(order)


def read_check(form: Mapping[str, Any]) -> CheckOrder:
    """The order of a form. Raises KeyError, ValueError."""
    by = str(form["by"]).strip()
    if not by:
        raise ValueError("who has checked must be said")
    return CheckOrder(by, int(form["leaves"]), int(form["findings"]), bool(form["continues"]))


def user_form(change: UserChange) -> dict[str, Any]:
    """A change of a user in terms of JSON; of the password only its hash crosses the socket."""
    form = {"change": type(change).__name__, **asdict(change), "at": change.at.isoformat()}
    return {name: str(value) for name, value in form.items()}


def read_user_change(form: Mapping[str, Any]) -> UserChange:
    """The change of a form. Raises KeyError, ValueError."""
    name, by, at = str(form["name"]), str(form["by"]), datetime.fromisoformat(str(form["at"]))
    match form["change"]:
        case "AddUser":
            return AddUser(name, UserRole(form["role"]), str(form["password_hash"]), by, at)
        case "SetPassword":
            return SetPassword(name, str(form["password_hash"]), by, at)
        case "DisableUser":
            return DisableUser(name, str(form["reason"]), by, at)
        case "EnableUser":
            return EnableUser(name, str(form["reason"]), by, at)
        case "ChangeRole":
            return ChangeRole(name, UserRole(form["role"]), str(form["reason"]), by, at)
    raise ValueError("no such change of a user")


def token_form(change: TokenChange) -> dict[str, Any]:
    """A change of a token in terms of JSON; of the token only its digest crosses the socket."""
    form = {"change": type(change).__name__, **asdict(change), "at": change.at.isoformat()}
    if isinstance(change, AddToken):
        form["expires_at"] = change.expires_at.isoformat()
    return {name: str(value) for name, value in form.items()}


def read_token_change(form: Mapping[str, Any]) -> TokenChange:
    """The change of a form. Raises KeyError, ValueError."""
    name, by, at = str(form["name"]), str(form["by"]), datetime.fromisoformat(str(form["at"]))
    match form["change"]:
        case "AddToken":
            expires_at = datetime.fromisoformat(str(form["expires_at"]))
            digest, hint = str(form["token_sha256"]), str(form["hint"])
            return AddToken(name, UserRole(form["role"]), digest, hint, expires_at, by, at)
        case "RevokeToken":
            return RevokeToken(name, str(form["reason"]), by, at)
    raise ValueError("no such change of a token")
