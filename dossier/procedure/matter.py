"""What every step of the procedure works on: one appeal at one moment under one law, and how consequences add up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from contracts.codes import Code
from contracts.party import LocalText, PartyId
from contracts.payloads import DocumentRef, ElectronicSignature, Identification, RegisterAppeal
from dossier.events import Fact, TermOpened
from dossier.history import Appeal
from dossier.procedure.decision import AssemblyOrder, Decision, Moment, OutgoingIntent, Refusal
from dossier.procedure.law import Law
from dossier.procedure.terms import EXTENSION, open_term, starting_instant
from dossier.procedure.wording import same

CONSIDERATION = "consideration"
MATERIALS = "materials"


@dataclass(frozen=True, slots=True)
class Matter:
    """``appeal`` is the state that the history proves, ``registered`` the appeal in the applicant's own words.

    ``added``: documents that the applicant added later.
    """

    appeal: Appeal
    registered: RegisterAppeal
    moment: Moment
    law: Law
    added: tuple[DocumentRef, ...] = ()

    def name_of(self, party: PartyId) -> LocalText:
        return self.moment.names.get(party) or same(party)

    def begin(self, duty: str, party: PartyId, *, nth: int = 1) -> TermOpened:
        """A term of ``duty`` caused now; ``nth`` counts the terms that one decision opens."""
        law, appeal = self.law, self.registered
        began = starting_instant(
            duty, self.moment.now, law.rules, law.calendar, kind=appeal.kind, subject=appeal.subject
        )
        return self._open(duty, party, began, nth=nth)

    def extend(self, duty: str, party: PartyId, until: date) -> TermOpened:
        """The term of ``duty`` that replaces a shorter one (Art. 76(3))."""
        return self._open(duty, party, self.moment.now, by=EXTENSION, until=until)

    def _open(
        self,
        duty: str,
        party: PartyId,
        began: datetime,
        *,
        nth: int = 1,
        by: str | None = None,
        until: date | None = None,
    ) -> TermOpened:
        return open_term(
            duty,
            party=party,
            started_at=began,
            index=len(self.appeal.terms) + nth,
            conversation_id=self.appeal.conversation_id,
            rules=self.law.rules,
            calendar=self.law.calendar,
            kind=self.registered.kind,
            subject=self.registered.subject,
            by=by,
            until=until,
        )

    def is_overdue(self, term: TermOpened) -> bool:
        """Whether the due instant has passed; the instant itself is still in time (ГПК Art. 123)."""
        return self.moment.now > term.due_at


def follow(*parts: Fact | OutgoingIntent | Decision | None) -> Decision:
    """One decision of several parts, in order; None stands for a part that does not apply."""
    facts: list[Fact] = []
    messages: list[OutgoingIntent] = []
    assembly: AssemblyOrder | None = None
    for part in parts:
        match part:
            case None:
                pass
            case OutgoingIntent():
                messages.append(part)
            case Decision():
                facts.extend(part.facts)
                messages.extend(part.messages)
                assembly = part.assembly or assembly
            case _:
                facts.append(part)
    return Decision(tuple(facts), tuple(messages), assembly)


def wrong_state(matter: Matter, why: str) -> Refusal:
    """Not possible now: says what the state is and, in ``why``, what is possible."""
    return Refusal(Code.WRONG_STATE, f"appeal {matter.appeal.appeal_number} is {matter.appeal.status.value}: {why}")


def authenticated(proof: ElectronicSignature | Identification | None) -> str:
    """How the applicant proved who they are, as facts record it."""
    match proof:
        case ElectronicSignature():
            return proof.format.value
        case Identification():
            return "identification"
        case None:
            return "absent"
