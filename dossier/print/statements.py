"""What was said in the case, as the template of ``dossier.pdf`` sees it: answers, decisions, positions, and silence."""

from __future__ import annotations

from contracts.payloads import Ground
from dossier.packaging.description import ComplaintEntry, DossierDescription, PositionEntry, ReplyEntry, StandingEntry
from dossier.packaging.silence import DefaultAct
from dossier.print.words import day, pair, time


def silence(act: DefaultAct) -> dict[str, object]:
    """An act of silence, as its block shows it."""
    demand = act.demand
    return {
        "title": pair(act.title),
        "body": act.body.party_id,
        "bin": act.body.bin,
        "number": act.number,
        "wording": pair(act.wording),
        "article": act.article,
        "due": time(act.due_at),
        "recorded-at": time(act.recorded_at),
        "seq": act.event_seq,
        "leaf": act.event_leaf,
        "demand": demand and {"at": time(demand.sent_at), "id": demand.message_id, "digest": demand.digest},
        "handover": demand and demand.handover.value,
        "statements": [pair(statement) for statement in act.statements],
    }


def reply_text(entry: ReplyEntry) -> dict[str, object]:
    """A body's answer, with its grounds and how it may be appealed."""
    reply = entry.reply
    until = reply.appeal_until and day(reply.appeal_until)
    return {
        "body": entry.body,
        "at": time(entry.at),
        "decision": reply.decision.value,
        "act": f"{reply.act_number}, {day(reply.act_date)}",
        "signed-by": reply.signed_by,
        "text": reply.text,
        "grounds": [_ground(ground, None) for ground in reply.grounds],
        "appeal-road": ", ".join(part for part in (reply.appeal_body, until) if part) or None,
    }


def reply_texts(description: DossierDescription) -> list[list[str]]:
    """Answers that another system told of: their text lies among the documents."""
    return [pair(one.note) for one in description.timeline if one.kind == "replied" and one.happened_at is not None]


def complaint_text(entry: ComplaintEntry) -> dict[str, object]:
    """The higher body's decision."""
    decided = entry.decision
    return {
        "body": entry.reviewer,
        "at": time(entry.at),
        "decision": decided.decision.value,
        "act": f"{decided.act_number}, {day(decided.act_date)}",
        "signed-by": decided.signed_by,
        "text": decided.text,
        "grounds": [_ground(ground, None) for ground in decided.grounds],
    }


def position_text(entry: PositionEntry) -> dict[str, object]:
    """A position for the court, each ground with how it stands to the acts."""
    position = entry.position
    standings = entry.standings or (None,) * len(position.grounds)
    return {
        "body": entry.body,
        "at": time(entry.at),
        "kind": position.kind.value,
        "signed-by": position.signed_by,
        "text": position.text,
        "grounds": [_ground(ground, standing) for ground, standing in zip(position.grounds, standings, strict=False)],
    }


def _ground(ground: Ground, compared: StandingEntry | None) -> dict[str, object]:
    return {
        "article": ground.article,
        "text": ground.text,
        "standing": compared and compared.standing.value,
        "why": compared and pair(compared.why),
    }
