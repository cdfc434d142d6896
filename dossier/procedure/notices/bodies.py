"""What bodies are told for their own control: a term that is near or missed, silence on record, a complaint decided."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from contracts.party import LocalText, PartyId
from contracts.payloads import BodyNotice, NotifyBody
from dossier.case.events import TermOpened
from dossier.case.narration import term_wording
from dossier.procedure.decision import Decision, OutgoingIntent
from dossier.procedure.law.law_file import read_law_file, read_text
from dossier.procedure.matter import Matter, follow
from dossier.procedure.terms import notice_of
from dossier.procedure.wording import article_text, due_text, fill, same


def warn(
    matter: Matter, recipient: PartyId, notice: BodyNotice, term: TermOpened, sentence: str | None = None
) -> OutgoingIntent:
    """A notice to ``recipient`` about ``term``, whoever owes it, in the ``sentence`` of the notice or in another."""
    given = {
        "number": same(matter.appeal.appeal_number),
        "body": matter.name_of(term.party),
        "duty": term_wording(term),
        "due": due_text(term),
        "article": article_text(term.article),
    }
    text = fill(body_sentences()[sentence or notice.value], given)
    payload = NotifyBody(matter.appeal.appeal_number, notice, term.party, matter.moment.now, text, notice_of(term))
    return OutgoingIntent(recipient, payload)


def warn_with_higher(matter: Matter, notice: BodyNotice, term: TermOpened, sentence: str | None = None) -> Decision:
    """To the body that owes the term and to its higher body, where the registry knows one."""
    recipients: Iterable[PartyId | None] = (term.party, matter.higher_of(term.party))
    return follow(*(warn(matter, each, notice, term, sentence) for each in recipients if each is not None))


@cache
def body_sentences() -> dict[str, LocalText]:
    """Every sentence by its key in ``law/bodynotices.toml``."""
    return {key: read_text(f"bodynotices {key}", table) for key, table in read_law_file("bodynotices").items()}
