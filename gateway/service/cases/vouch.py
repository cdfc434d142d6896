"""What the citizen's own signatures are worth, asked before a dossier is put together, and kept as events of the case.

Whoever judges may be away: the dossier goes to the court all the same, and says that nobody could be asked.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import structlog

from dossier.case.events import SignatureJudged, SignatureVerdict
from dossier.procedure.decision import SignaturesJudged
from gateway.ports.case import Case, ListMessages
from gateway.process.log import reason_of
from gateway.service.cases.advance import Advanced, advance
from gateway.service.cases.case_write import WriteCause, case_file
from gateway.service.cases.eds import Signatory, SignedAct, judge_eds, signed_acts
from gateway.service.exchange import Exchange
from signing.errors import KeyUnavailable, KeyUnusable
from signing.service import Opinion, SignatureService

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class SignatureJudge:
    """Who is asked. ``name``: as events call it."""

    name: str
    service: SignatureService


async def vouch(exchange: Exchange, case: Case, judge: SignatureJudge) -> bool:
    """Whether events were added: a verdict on each signature of the citizen that has no final one yet."""
    file = case_file(case)
    if file.appeal is None:
        return False
    signatory = Signatory(file.appeal.applicant, file.appeal.representative)
    settled = {
        event.fact.signed
        for event in case.events
        if isinstance(event.fact, SignatureJudged) and event.fact.verdict is not SignatureVerdict.UNKNOWN
    }
    messages = await exchange.store.run(ListMessages(case.conversation_id))
    unjudged = [act for act in signed_acts(messages) if act.signature and act.message_id not in settled]
    judged = tuple([fact async for fact in _judged(unjudged, signatory, judge)])
    if not judged:
        return False
    written = await advance(exchange, case.conversation_id, SignaturesJudged(judged), WriteCause(exchange.me))
    return written is Advanced.WRITTEN


async def _judged(
    unjudged: list[SignedAct], signatory: Signatory, judge: SignatureJudge
) -> AsyncIterator[SignatureJudged]:
    """As many as can be judged now; the rest are asked about again before the next dossier."""
    try:
        for act in unjudged:
            if act.signature is not None:
                yield _fact(act, await judge_eds(act.signature, act.text, signatory, judge.service), judge.name)
    except (KeyUnavailable, KeyUnusable) as away:
        log.warning("eds.not_judged", authority=judge.name, reason=reason_of(away))


def _fact(act: SignedAct, opinion: Opinion, authority: str) -> SignatureJudged:
    serial = f"{opinion.holders[0].serial:x}" if opinion.holders else None
    return SignatureJudged(act.message_id, act.action, SignatureVerdict(opinion.verdict), authority, serial)
