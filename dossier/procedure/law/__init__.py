"""The law as data: one rules version and the calendar it is counted by; the TOML files stand beside this module."""

from __future__ import annotations

from dataclasses import dataclass

from dossier.procedure.calendar import Calendar, load_calendar
from dossier.procedure.rules import Rules, load_rules


@dataclass(frozen=True, slots=True)
class Law:
    """What a decision is judged by; every term records the versions of both."""

    rules: Rules
    calendar: Calendar


def load_law(name: str) -> Law:
    """The rules version called ``name`` with the country's calendar. Raises ``UnusableLaw`` (see ``rules``)."""
    return Law(load_rules(name), load_calendar())
