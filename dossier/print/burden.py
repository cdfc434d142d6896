"""Who proves what in this claim (Art. 129): the defendant its act or its refusal, the claimant when it became known."""

from __future__ import annotations

from contracts.header import Action, MessageId
from contracts.party import PartyId
from contracts.payloads import AssignAppeal, Disagree
from dossier.case.event_form import kind_of
from dossier.case.events import Disagreed, MessageAcknowledged, Replied
from dossier.packaging.description import DossierDescription, ReplyEntry
from dossier.print.words import day, excerpt, time, words

_GROUNDS_CHARS = 400


def burden(description: DossierDescription) -> list[list[str]]:
    """Lines in Kazakh and Russian; none where nothing is claimed."""
    pressed = description.disagreement
    if pressed is None:
        return []
    body = _defendant(description, pressed)
    replies = [entry for entry in description.replies if entry.body == body]
    names = _names(description, body)
    acts = _acts(replies)
    defendant = [
        text.format(body=names[at], acts=acts[at]) for at, text in enumerate(words()["burden"][pressed.claim.value])
    ]
    return [defendant, _grounds(replies), _known(description, pressed)]


def message_number(description: DossierDescription, message_id: MessageId | None) -> int | None:
    """The number in the index of messages; None for one that is not there."""
    return next((at for at, entry in enumerate(description.messages, 1) if entry.message_id == message_id), None)


def claim_message(description: DossierDescription) -> MessageId | None:
    """The message of the disagreement that the dossier is about: the last one pressed."""
    pressed = [event.message_id for event in description.timeline if event.kind == kind_of(Disagreed)]
    return pressed[-1] if pressed else None


def _defendant(description: DossierDescription, pressed: Disagree) -> PartyId | None:
    if pressed.body is not None:
        return pressed.body
    if description.replies:
        return description.replies[-1].body
    handed = [entry.recipient for entry in description.messages if entry.action is Action.of(AssignAppeal)]
    return handed[-1] if handed else None


def _names(description: DossierDescription, body: PartyId | None) -> list[str]:
    found = next((party.name for party in description.parties if party.party_id == body), None)
    return [found.kk, found.ru] if found else [str(body or "—")] * 2


def _acts(replies: list[ReplyEntry]) -> list[str]:
    if not replies:
        return words()["label"]["silent_body"]
    numbers = ", ".join(f"№ {entry.reply.act_number}, {day(entry.reply.act_date)}" for entry in replies)
    return [numbers, numbers]


def _grounds(replies: list[ReplyEntry]) -> list[str]:
    """Art. 129(3): nothing that the act does not name counts for the defendant. Each article is named once."""
    cited = dict.fromkeys(ground.article for entry in replies for ground in entry.reply.grounds)
    named = [excerpt("; ".join(cited), _GROUNDS_CHARS)] * 2 if cited else words()["label"]["no_grounds_stated"]
    return [text.format(grounds=named[at]) for at, text in enumerate(words()["burden"]["grounds"])]


def _known(description: DossierDescription, pressed: Disagree) -> list[str]:
    """Art. 129(1): by the applicant's word, else by the platform's receipt for a notice after the last act."""
    return [
        text.format(known=known)
        for text, known in zip(words()["burden"]["claimant"], _known_on(description, pressed), strict=True)
    ]


def _known_on(description: DossierDescription, pressed: Disagree) -> list[str]:
    if pressed.known_on is not None:
        return [text.format(day=day(pressed.known_on)) for text in words()["label"]["known_by_word"]]
    last = max((event.seq for event in description.timeline if event.kind == kind_of(Replied)), default=0)
    receipts = (
        event
        for event in description.timeline
        if event.kind == kind_of(MessageAcknowledged) and event.seq > last and event.actor == _platform(description)
    )
    receipt = next(receipts, None)
    if receipt is None or not last:
        return words()["label"]["known_unknown"]
    return [text.format(at=time(receipt.at), seq=receipt.seq) for text in words()["label"]["known_by_notice"]]


def _platform(description: DossierDescription) -> PartyId:
    return description.timeline[0].actor
