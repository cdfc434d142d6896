"""The law as data: one rules version and the calendar it is counted by; the TOML files stand beside this module."""

from __future__ import annotations

from dataclasses import dataclass

from dossier.procedure.law.calendar import Calendar, load_calendar
from dossier.procedure.law.law_file import PACKAGED, OwnFiles
from dossier.procedure.law.rules import LawRules
from dossier.procedure.law.rules_file import load_rules


@dataclass(frozen=True, slots=True)
class Law:
    """What a decision is judged by; every term records the versions of both."""

    rules: LawRules
    calendar: Calendar


def load_law(name: str, own: OwnFiles = PACKAGED) -> Law:
    """The rules in the file ``name`` with the country's calendar; a file of the operator's ``own`` comes first.

    Raises ``UnusableLaw``.
    """
    return Law(load_rules(name, own), load_calendar(own))
