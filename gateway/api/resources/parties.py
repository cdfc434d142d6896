"""Parties: how each stands, what was agreed, their certificates; pause, resume, test ping."""

from __future__ import annotations

from typing import Any, Final

from pydantic import AwareDatetime, Field

from connectors.ports.probe import ProbeStep
from contracts.party import Party as RegisteredParty
from contracts.party import PartyId, UnknownRevocation
from gateway.api.listed import list_operation, list_reader
from gateway.api.models import ReasonBody
from gateway.api.operation import ApiCall, ApiOperation
from gateway.api.problems import ProblemType, RequestRefusal
from gateway.api.resources.deliveries import Done
from gateway.domain.delivery.quiet_form import written
from gateway.domain.people.access import Right
from gateway.lists.certificates import CERTIFICATES, HeldCertificate
from gateway.lists.models import EmptyParams, Party, RequestModel, ResponseModel
from gateway.lists.parties import PARTIES, PartyStanding, Paused
from gateway.ports.parties import ListActsOnParty, ListPartyAttempts, ListPauses, Switch
from gateway.reading.parties import found_in, line_of
from gateway.reading.ping_steps import STEPS
from gateway.service.authorise import audit_name
from gateway.service.parties import probe_as, switch

TAG: Final = "parties"


class PartyPath(RequestModel):
    """Which party of the registry in force."""

    party_id: Party


class AgreementTerms(ResponseModel):
    """What was agreed. Spans are seconds, before jitter."""

    attempt_timeout: float
    first_wait: float
    longest_wait: float
    receipt_within: float
    mailbox_lease: float
    on_unknown_revocation: UnknownRevocation
    revocation_patience: float
    most_at_once: int
    most_per_minute: int | None
    quiet_hours: str = Field(description="As `mon-fri 18:00-08:00`, Almaty time; empty for none.")
    breaker_after: int
    breaker_rest: float
    warn_after: float
    alarm_after: float
    page_after: float


class RecentAttempt(ResponseModel):
    """One attempt for the party, in its own words."""

    delivery_id: int
    number: int
    started_at: AwareDatetime
    finished_at: AwareDatetime | None
    outcome: str
    code: str | None
    detail: str | None
    http_status: int | None


class OneParty(ResponseModel):
    """A party with all that is known of it."""

    party: PartyStanding
    endpoint: str | None
    kato: str | None
    higher: PartyId | None
    terms: AgreementTerms
    certificates: tuple[HeldCertificate, ...]
    tried: tuple[RecentAttempt, ...] = Field(description="The newest attempts.")
    audit: tuple[Done, ...] = Field(description="What was done to the party itself, newest first.")


class Switched(ResponseModel):
    """It was carried out; ``pause``: as it stands now."""

    party_id: PartyId
    pause: Paused | None


class PingStep(ResponseModel):
    """One step of a test ping. ``words``: what was found; English, unverified. ``cure``: whom to call when it fails."""

    step: ProbeStep
    is_good: bool
    took: float
    words: str
    cure: str | None


class ShownCertificate(ResponseModel):
    """What the host showed in the handshake, believed or not."""

    subject: str
    issuer: str
    serial: str
    not_after: AwareDatetime
    sha256: str


class Ping(ResponseModel):
    """The steps that were taken; the last is the one that failed, if one did."""

    endpoint: str
    is_good: bool
    steps: tuple[PingStep, ...]
    certificate: ShownCertificate | None


# --- reading --------------------------------------------------------------------------------------------------------


async def show_party(call: ApiCall[PartyPath, EmptyParams, EmptyParams]) -> OneParty:
    """All that is known of it."""
    reads, parties = call.context.serving.reads, await call.context.serving.figures.current()
    reader = list_reader(call)
    party = _party(call)
    line, terms = line_of(parties, party), parties.directory.agreement_of(party.party_id)
    agreed = {name: getattr(terms, name) for name in AgreementTerms.model_fields if name != "quiet_hours"}
    spans = {name: value.total_seconds() for name, value in agreed.items() if hasattr(value, "total_seconds")}
    return OneParty(
        party=PARTIES.item_of(line, reader),
        endpoint=party.endpoint,
        kato=party.kato,
        higher=party.higher,
        terms=AgreementTerms(**{**agreed, **spans}, quiet_hours=written(terms.quiet_hours)),
        certificates=tuple(CERTIFICATES.item_of(one, reader) for one in line.known.certificates),
        tried=tuple(map(RecentAttempt.model_validate, await reads.run(ListPartyAttempts(party.party_id)))),
        audit=tuple(map(Done.model_validate, await reads.run(ListActsOnParty(party.party_id)))),
    )


def _party(call: ApiCall[PartyPath, Any, Any]) -> RegisteredParty:
    registry = call.context.serving.exchange.directory().registry
    party = found_in(registry, call.path.party_id)
    if party is None:
        raise RequestRefusal(ProblemType.NOT_FOUND)
    return party


# --- acts -----------------------------------------------------------------------------------------------------------


async def pause_party(call: ApiCall[PartyPath, EmptyParams, ReasonBody]) -> Switched:
    """Nothing new goes out to it from the commit on, on all nodes."""
    return await _switch(call, Switch.PAUSE)


async def resume_party(call: ApiCall[PartyPath, EmptyParams, ReasonBody]) -> Switched:
    """What waits for it goes out again."""
    return await _switch(call, Switch.RESUME)


async def _switch(call: ApiCall[PartyPath, EmptyParams, ReasonBody], to: Switch) -> Switched:
    serving, party = call.context.serving, _party(call)
    if party.party_id == serving.exchange.me:
        raise RequestRefusal(ProblemType.REFUSED, reason="it is the exchange itself")
    by, reason = audit_name(call.token), call.body.reason
    against = await switch(serving.exchange, to, party.party_id, by=by, reason=reason)
    serving.counts.forget()
    serving.figures.forget()
    if against is not None:
        raise RequestRefusal(ProblemType.REFUSED, reason=against.text.en)
    serving.wake()
    pauses = {one.party_id: one for one in await serving.reads.run(ListPauses())}
    pause = pauses.get(party.party_id)
    return Switched(party_id=party.party_id, pause=None if pause is None else Paused.model_validate(pause))


async def ping_party(call: ApiCall[PartyPath, EmptyParams, EmptyParams]) -> Ping:
    """Asks for nothing there; that somebody knocked is in the audit log."""
    serving, party = call.context.serving, _party(call)
    probed = await probe_as(serving.exchange, serving.prober, call.token, party)
    if probed is None:
        raise RequestRefusal(ProblemType.REFUSED, reason="it has no door: it fetches from its mailbox here")
    steps = tuple(
        PingStep(
            step=one.step,
            is_good=one.is_good,
            took=one.took.total_seconds(),
            words=one.words,
            cure=None if one.is_good else call.translate(STEPS[one.step][1]),
        )
        for one in probed.steps
    )
    seen = probed.certificate
    certificate = None if seen is None else ShownCertificate.model_validate(seen)
    return Ping(endpoint=probed.endpoint, is_good=probed.is_good, steps=steps, certificate=certificate)


_PARTY: Final = frozenset({ProblemType.NOT_FOUND})
_ACT: Final = frozenset({ProblemType.NOT_FOUND, ProblemType.REFUSED})
OPERATIONS: Final[tuple[ApiOperation[Any, Any, Any], ...]] = (
    list_operation(PARTIES),
    ApiOperation(
        "GET", "/parties/{party_id}", "show_party", TAG, "Show one party with all that is known of it.", Right.SEE,
        OneParty, PartyPath, EmptyParams, EmptyParams, show_party, _PARTY,
    ),
    ApiOperation(
        "POST", "/parties/{party_id}/pause", "pause_party", TAG,
        "Let nothing new go out to it: what is in hand finishes, what is due waits, nothing is lost.", Right.PAUSE,
        Switched, PartyPath, EmptyParams, ReasonBody, pause_party, _ACT, "party.paused", is_once=True,
    ),
    ApiOperation(
        "POST", "/parties/{party_id}/resume", "resume_party", TAG, "Let what waits for it go out again.", Right.PAUSE,
        Switched, PartyPath, EmptyParams, ReasonBody, resume_party, _ACT, "party.resumed", is_once=True,
    ),
    ApiOperation(
        "POST", "/parties/{party_id}/ping", "ping_party", TAG,
        "Knock at its door, step by step, asking for nothing there.", Right.PROBE,
        Ping, PartyPath, EmptyParams, EmptyParams, ping_party, _ACT, "party.probed",
    ),
    list_operation(CERTIFICATES),
)  # fmt: skip
