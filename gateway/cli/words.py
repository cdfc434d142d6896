"""Headings and closed sets as the commands print them to people who read about an appeal, in the three languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from contracts.party import LocalText
from dossier.appeal import TermState

WHEN: Final = LocalText(kk="қашан (Алматы)", ru="когда (Алматы)", en="when (Almaty)")
WHO: Final = LocalText(kk="кім", ru="кто", en="who")
WHAT: Final = LocalText(kk="не болды", ru="что", en="what")
TERMS: Final = LocalText(kk="Мерзімдер", ru="Сроки", en="Terms")
DUTY: Final = LocalText(kk="міндет", ru="обязанность", en="duty")
ARTICLE: Final = LocalText(kk="бап", ru="статья", en="article")
DUE: Final = LocalText(kk="соңғы сәті", ru="крайний срок", en="due")
STATE: Final = LocalText(kk="жай-күйі", ru="состояние", en="state")
RULES: Final = LocalText(kk="ережелер", ru="правила", en="rules")

STATES: Final[Mapping[TermState, LocalText]] = {
    TermState.OPEN: LocalText(kk="өтіп жатыр", ru="идёт", en="open"),
    TermState.MET: LocalText(kk="орындалды", ru="исполнен", en="met"),
    TermState.BREACHED: LocalText(kk="БҰЗЫЛДЫ", ru="НАРУШЕН", en="BREACHED"),
    TermState.DEFAULT: LocalText(kk="ҮНСІЗ ҚАЛДЫ", ru="МОЛЧАНИЕ", en="SILENCE"),
    TermState.LAPSED: LocalText(kk="күшін жойды", ru="отпал", en="lapsed"),
    TermState.EXTENDED: LocalText(kk="ұзартылды", ru="продлён", en="extended"),
}
