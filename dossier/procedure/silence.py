"""The clock passes a due instant: what a duty not done in time means."""

from __future__ import annotations

from typing import assert_never

from dossier.procedure.closing import breach, lapse
from dossier.procedure.collection import record_default
from dossier.procedure.decision import Decision
from dossier.procedure.matter import Matter
from dossier.procedure.rules import Consequence


def fall_due(matter: Matter, term_id: str) -> Decision:
    """Nothing follows for a term that has ended meanwhile, or that is not over yet by the clock that decides."""
    term = matter.appeal.terms.get(term_id)
    if term is None or not term.is_open or not matter.is_overdue(term.opened):
        return Decision()
    consequence = matter.law.rules.consequence_of(term.opened.duty)
    match consequence:
        case Consequence.BREACH:
            return breach(matter, term.opened)
        case Consequence.DEFAULT:
            return record_default(matter, term.opened)
        case Consequence.LAPSE | Consequence.FULFIL:
            return lapse(matter, [term], "over")
        case _:
            assert_never(consequence)
