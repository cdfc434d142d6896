"""The terms with one party, as people write them in the parties file: spans in seconds, quiet hours in local time."""

from __future__ import annotations

from dataclasses import fields
from datetime import time, timedelta
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from contracts.party import Agreement, PartyId, QuietHours, UnknownRevocation, Weekday
from gateway.config.yaml_form import Form

PARTY_ID: Final = r"^[a-z0-9][a-z0-9.-]{1,62}$"

_Seconds = Annotated[float, Field(gt=0, le=7 * 24 * 3600)]
_Season = Annotated[float, Field(gt=0, le=90 * 24 * 3600)]
_Local = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]


class _QuietHours(Form):
    days: list[Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]] = Field(min_length=1)
    from_: _Local = Field(alias="from")
    to: _Local


class AgreementForm(Form):
    """What is not said has its default."""

    party_id: str = Field(pattern=PARTY_ID)
    attempt_timeout_s: _Seconds | None = None
    first_wait_s: _Seconds | None = None
    longest_wait_s: _Seconds | None = None
    receipt_within_s: _Seconds | None = None
    mailbox_lease_s: _Seconds | None = None
    on_unknown_revocation: UnknownRevocation | None = None
    revocation_patience_s: _Seconds | None = None
    certificate_without_bin: bool | None = None
    most_at_once: int | None = Field(default=None, ge=1, le=1_000)
    most_per_minute: int | None = Field(default=None, ge=1, le=60_000)
    quiet_hours: list[_QuietHours] | None = None
    breaker_after: int | None = Field(default=None, ge=1, le=1_000)
    breaker_rest_s: _Seconds | None = None
    warn_after_s: _Season | None = None
    alarm_after_s: _Season | None = None
    page_after_s: _Season | None = None


_SPANS: Final = tuple(field.name for field in fields(Agreement) if isinstance(field.default, timedelta))
_CHOICES: Final = (
    "on_unknown_revocation",
    "certificate_without_bin",
    "most_at_once",
    "most_per_minute",
    "breaker_after",
)


def agreement_from(entry: AgreementForm) -> Agreement:
    """The terms that an entry of the file says."""
    spans = {name: getattr(entry, f"{name}_s") for name in _SPANS}
    terms: dict[str, Any] = {name: timedelta(seconds=value) for name, value in spans.items() if value is not None}
    terms |= {name: chosen for name in _CHOICES if (chosen := getattr(entry, name)) is not None}
    quiet_hours = tuple(map(_quiet_hours, entry.quiet_hours or ()))
    return Agreement(PartyId(entry.party_id), quiet_hours=quiet_hours, **terms)


def _quiet_hours(entry: _QuietHours) -> QuietHours:
    days = frozenset(Weekday[day.upper()] for day in entry.days)
    return QuietHours(days, time.fromisoformat(entry.from_), time.fromisoformat(entry.to))


def form_of_agreement(agreement: Agreement) -> dict[str, Any]:
    """The entry that says these terms, defaults included."""
    spans = {f"{name}_s": getattr(agreement, name).total_seconds() for name in _SPANS}
    pace = {} if agreement.most_per_minute is None else {"most_per_minute": agreement.most_per_minute}
    quiet = {"quiet_hours": list(map(_quiet_form, agreement.quiet_hours))} if agreement.quiet_hours else {}
    return {
        "party_id": str(agreement.party_id),
        **spans,
        "on_unknown_revocation": agreement.on_unknown_revocation.value,
        "certificate_without_bin": agreement.certificate_without_bin,
        "most_at_once": agreement.most_at_once,
        **pace,
        **quiet,
        "breaker_after": agreement.breaker_after,
    }


def _quiet_form(window: QuietHours) -> dict[str, Any]:
    days = [Weekday(day).name.lower() for day in sorted(window.days)]
    return {"days": days, "from": f"{window.from_:%H:%M}", "to": f"{window.to:%H:%M}"}
