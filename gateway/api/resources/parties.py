"""Parties: how each stands, what was agreed, their certificates; pause, resume, test ping."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, Final

from pydantic import AwareDatetime, Field

from connectors.ports.probe import ProbeStep
from contracts.party import Channel, PartyId, PartyRole, UnknownRevocation
from contracts.party import Party as RegisteredParty
from gateway.api.models import ReasonBody
from gateway.api.operation import ApiCall, ApiOperation
from gateway.api.paging import paged
from gateway.api.problems import ProblemType, RequestRefusal
from gateway.api.resources.deliveries import Done, PartyCircuit, Paused
from gateway.console.parties.certificates import CertificateLine, RegisteredStanding
from gateway.console.parties.lists import PartyFilter, PartyLine, all_lines, ending_first, line_of
from gateway.console.parties.party import found_in
from gateway.console.parties.steps import STEPS
from gateway.console.parties.trouble import TroubleKind
from gateway.domain.delivery.quiet_form import written
from gateway.domain.people.access import Right
from gateway.lists.models import Digest, EmptyParams, Line, PageOf, Paging, Party, RequestModel, ResponseModel
from gateway.ports.parties import ListActsOnParty, ListPartyAttempts, ListPauses, Switch
from gateway.service.authorise import audit_name
from gateway.service.parties import probe_as, switch
from signing.trust.answer import RevocationStatus, WhyUnknown

TAG: Final = "parties"


class PartyPath(RequestModel):
    """Which party of the registry in force."""

    party_id: Party


class PartyParams(Paging):
    """What the list is narrowed to; it is in order of the ids."""

    words: Line | None = Field(default=None, description="In the id, the BIN or a name.")
    role: PartyRole | None = None
    channel: Channel | None = None
    trouble: TroubleKind | None = Field(default=None, description="Only those with this trouble.")
    after: Party | None = Field(default=None, description="The party at which the page before ended.")


class CertificateParams(Paging):
    """What the list is narrowed to; those that somebody must see to come first, each by the day of its end."""

    party_id: Party | None = None
    only_trouble: bool = Field(default=False, description="Only those that somebody must see to.")
    after: Digest | None = Field(default=None, description="SHA-256 of the one at which the page before ended.")


class Names(ResponseModel):
    """In the three languages."""

    kk: str
    ru: str
    en: str


class FoundTrouble(ResponseModel):
    """What is wrong, since when, whose fault it is and what helps, in the language asked for."""

    trouble: TroubleKind
    since: AwareDatetime | None
    what: str
    fault: str
    cure: str


class PartyAttemptCounts(ResponseModel):
    """Counted over the newest attempts of all parties, at most a day's."""

    in_hour: int
    answered_in_hour: int
    in_day: int
    answered_in_day: int


class PartyStanding(ResponseModel):
    """One party as it stands now."""

    party_id: PartyId
    bin: str
    name: Names
    role: PartyRole
    channel: Channel
    circuit: PartyCircuit | None = Field(description="Null where nothing was ever tried in vain.")
    pause: Paused | None
    troubles: tuple[FoundTrouble, ...] = Field(description="The worst first.")
    attempts: PartyAttemptCounts
    waiting: int
    in_flight: int
    handed_out: int
    parked: int
    dead_lettered: int
    oldest_at: AwareDatetime | None
    last_receipt_at: AwareDatetime | None
    last_fetch_at: AwareDatetime | None
    certificate_ends_at: AwareDatetime | None


class PartyPage(PageOf[PartyStanding]):
    """Parties by their id."""


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


class HeldCertificate(ResponseModel):
    """A registered certificate. ``days_left`` is below 0 once it has ended."""

    party_id: PartyId
    bin: str
    holder: str
    subject: str
    issuer: str
    serial: str
    sha256: str
    not_before: AwareDatetime
    not_after: AwareDatetime
    days_left: int
    standing: RegisteredStanding
    is_trouble: bool = Field(description="It is gone, goes soon and nothing follows it, or has no valid path.")
    revocation: RevocationStatus | None = Field(description="Null where nobody was asked yet.")
    unknown_because: WhyUnknown | None = Field(description="Where revocation is unknown: why.")
    checked_at: AwareDatetime | None
    followed_by: AwareDatetime | None = Field(description="The end of the one registered beside it that lasts longest.")


class CertificatePage(PageOf[HeldCertificate]):
    """Certificates of all parties."""


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


async def list_parties(call: ApiCall[EmptyParams, PartyParams, EmptyParams]) -> PartyPage:
    """The registry is in memory: a page of it costs the same as all."""
    query, parties = call.query, await call.context.figures.current()
    wanted = PartyFilter(words=query.words or "", role=query.role or "", channel=query.channel or "")
    lines = sorted(all_lines(parties, wanted)[0], key=_id_of)
    if query.trouble is not None:
        lines = [line for line in lines if any(one.trouble is query.trouble for one in line.troubles)]
    left = [line for line in lines if query.after is None or _id_of(line) > query.after]
    return paged(PartyPage, "/parties", query, left, item_of=lambda line: _standing(call, line), place=_id_of)


async def show_party(call: ApiCall[PartyPath, EmptyParams, EmptyParams]) -> OneParty:
    """All that is known of it."""
    reads, parties = call.context.console.reads, await call.context.figures.current()
    party = _party(call)
    line, terms = line_of(parties, party), parties.directory.agreement_of(party.party_id)
    agreed = {name: getattr(terms, name) for name in AgreementTerms.model_fields if name != "quiet_hours"}
    spans = {name: value.total_seconds() for name, value in agreed.items() if hasattr(value, "total_seconds")}
    return OneParty(
        party=_standing(call, line),
        endpoint=party.endpoint,
        kato=party.kato,
        higher=party.higher,
        terms=AgreementTerms(**{**agreed, **spans}, quiet_hours=written(terms.quiet_hours)),
        certificates=tuple(map(_certificate, line.known.certificates)),
        tried=tuple(map(RecentAttempt.model_validate, await reads.run(ListPartyAttempts(party.party_id)))),
        audit=tuple(map(Done.model_validate, await reads.run(ListActsOnParty(party.party_id)))),
    )


async def list_certificates(call: ApiCall[EmptyParams, CertificateParams, EmptyParams]) -> CertificatePage:
    """Of all parties. After one that is no longer registered the list begins anew."""
    query, parties = call.query, await call.context.figures.current()
    only = PartyFilter(only="ending" if query.only_trouble else "")
    lines = await asyncio.to_thread(ending_first, parties, only)
    if query.party_id is not None:
        lines = [line for line in lines if line.party.party_id == query.party_id]
    left = lines[_place_behind(lines, query.after) :]
    return paged(
        CertificatePage, "/certificates", query, left, item_of=_certificate, place=lambda line: line.certificate.sha256
    )


def _place_behind(lines: Sequence[CertificateLine], sha256: str | None) -> int:
    found = (place for place, line in enumerate(lines, 1) if line.certificate.sha256 == sha256)
    return next(found, 0)


def _id_of(line: PartyLine) -> PartyId:
    return line.known.party.party_id


def _party(call: ApiCall[PartyPath, Any, Any]) -> RegisteredParty:
    registry = call.context.console.exchange.directory().registry
    party = found_in(registry, call.path.party_id)
    if party is None:
        raise RequestRefusal(ProblemType.NOT_FOUND)
    return party


def _standing(call: ApiCall[Any, Any, Any], line: PartyLine) -> PartyStanding:
    known, backlog = line.known, line.known.backlog
    counts = ("waiting", "in_flight", "handed_out", "parked", "dead_lettered")
    return PartyStanding(
        party_id=known.party.party_id,
        bin=known.party.bin,
        name=Names.model_validate(known.party.name),
        role=known.party.role,
        channel=known.party.channel,
        circuit=None if known.circuit is None else PartyCircuit.model_validate(known.circuit),
        pause=None if known.pause is None else Paused.model_validate(known.pause),
        troubles=tuple(
            FoundTrouble(
                trouble=one.trouble,
                since=one.since,
                what=call.translate(one.text.what),
                fault=call.translate(one.text.fault),
                cure=call.translate(one.text.cure),
            )
            for one in line.troubles
        ),
        attempts=PartyAttemptCounts.model_validate(known.tried),
        **{name: getattr(backlog, name) if backlog else 0 for name in counts},
        oldest_at=known.oldest_at,
        last_receipt_at=known.receipt_at,
        last_fetch_at=known.fetched_at,
        certificate_ends_at=line.ends.certificate.not_after if line.ends else None,
    )


def _certificate(line: CertificateLine) -> HeldCertificate:
    one = line.certificate
    return HeldCertificate(
        party_id=line.party.party_id,
        bin=line.party.bin,
        holder=line.holder,
        subject=one.subject,
        issuer=one.issuer,
        serial=line.serial,
        sha256=one.sha256,
        not_before=one.not_before,
        not_after=one.not_after,
        days_left=line.days_left,
        standing=line.standing,
        is_trouble=line.is_trouble,
        revocation=line.revocation,
        unknown_because=line.why_unknown,
        checked_at=line.checked_at,
        followed_by=line.followed_by,
    )


# --- acts -----------------------------------------------------------------------------------------------------------


async def pause_party(call: ApiCall[PartyPath, EmptyParams, ReasonBody]) -> Switched:
    """Nothing new goes out to it from the commit on, on all nodes."""
    return await _switch(call, Switch.PAUSE)


async def resume_party(call: ApiCall[PartyPath, EmptyParams, ReasonBody]) -> Switched:
    """What waits for it goes out again."""
    return await _switch(call, Switch.RESUME)


async def _switch(call: ApiCall[PartyPath, EmptyParams, ReasonBody], to: Switch) -> Switched:
    console, party = call.context.console, _party(call)
    if party.party_id == console.exchange.me:
        raise RequestRefusal(ProblemType.REFUSED, reason="it is the exchange itself")
    by, reason = audit_name(call.token), call.body.reason
    against = await switch(console.exchange, to, party.party_id, by=by, reason=reason)
    console.counts.forget()
    call.context.figures.forget()
    if against is not None:
        raise RequestRefusal(ProblemType.REFUSED, reason=against)
    console.wake()
    pauses = {one.party_id: one for one in await console.reads.run(ListPauses())}
    pause = pauses.get(party.party_id)
    return Switched(party_id=party.party_id, pause=None if pause is None else Paused.model_validate(pause))


async def ping_party(call: ApiCall[PartyPath, EmptyParams, EmptyParams]) -> Ping:
    """Asks for nothing there; that somebody knocked is in the audit log."""
    console, party = call.context.console, _party(call)
    probed = await probe_as(console.exchange, console.prober, call.token, party)
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
    ApiOperation(
        "GET", "/parties", "list_parties", TAG, "List parties with what is wrong with each.", Right.SEE,
        PartyPage, EmptyParams, PartyParams, EmptyParams, list_parties,
    ),
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
    ApiOperation(
        "GET", "/certificates", "list_certificates", TAG,
        "List certificates of all parties, those to be seen to first.", Right.SEE,
        CertificatePage, EmptyParams, CertificateParams, EmptyParams, list_certificates,
    ),
)  # fmt: skip
