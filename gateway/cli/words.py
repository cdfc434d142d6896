"""Headings and closed sets as the commands print them to people who read about an appeal, in the three languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from contracts.party import LocalText
from gateway.texts.codes import CIRCUITS, DELIVERY_STATES, OUTCOMES, PAUSED, ROLES, STATES, STATUSES, STEPS
from signing.service import SignatureAnswer

__all__ = ["CIRCUITS", "DELIVERY_STATES", "OUTCOMES", "PAUSED", "ROLES", "STATES", "STATUSES", "STEPS"]

WHEN: Final = LocalText(kk="қашан (Алматы)", ru="когда (Алматы)", en="when (Almaty)")
WHO: Final = LocalText(kk="кім", ru="кто", en="who")
WHAT: Final = LocalText(kk="не болды", ru="что", en="what")
TERMS: Final = LocalText(kk="Мерзімдер", ru="Сроки", en="Terms")
DUTY: Final = LocalText(kk="міндет", ru="обязанность", en="duty")
ARTICLE: Final = LocalText(kk="бап", ru="статья", en="article")
DUE: Final = LocalText(kk="соңғы сәті", ru="крайний срок", en="due")
STATE: Final = LocalText(kk="жай-күйі", ru="состояние", en="state")
RULES: Final = LocalText(kk="ережелер", ru="правила", en="rules")
BEGINS: Final = LocalText(kk="басталуы", ru="начало", en="begins")
LATE: Final = LocalText(kk="кешігіп", ru="с опозданием", en="late")
EXPECTED: Final = LocalText(kk="күтілгені", ru="ожидалось", en="expected")
CAME: Final = LocalText(kk="болғаны", ru="вышло", en="came")
MET: Final = LocalText(kk="күтілгендей", ru="как ожидалось", en="as expected")
CASE: Final = LocalText(kk="іс", ru="случай", en="case")
AS_EXPECTED: Final = LocalText(kk="Бәрі күтілгендей.", ru="Всё, как ожидалось.", en="All is as expected.")

DELIVERIES: Final = LocalText(kk="Жеткізулер", ru="Доставки", en="Deliveries")
ATTEMPTS: Final = LocalText(kk="Әрекеттер", ru="Попытки", en="Attempts")
NUMBER: Final = LocalText(kk="№", ru="№", en="no")
TO: Final = LocalText(kk="кімге", ru="кому", en="to")
MESSAGE: Final = LocalText(kk="хабарлама", ru="сообщение", en="what")
TRIED: Final = LocalText(kk="әрекет", ru="попыток", en="attempts")
SINCE: Final = LocalText(kk="басталғаны (Алматы)", ru="создана (Алматы)", en="since (Almaty)")
NEXT: Final = LocalText(kk="келесі", ru="следующая", en="next")
DETAIL: Final = LocalText(kk="мәлімет", ru="подробности", en="words")
STARTED: Final = LocalText(kk="басталғаны (Алматы)", ru="начата (Алматы)", en="started (Almaty)")
TOOK: Final = LocalText(kk="ұзақтығы", ru="длилась", en="took")
OUTCOME: Final = LocalText(kk="нәтижесі", ru="итог", en="outcome")
HTTP: Final = LocalText(kk="HTTP", ru="HTTP", en="HTTP")
NONE_MATCH: Final = LocalText(kk="Сәйкес жеткізу жоқ.", ru="Таких доставок нет.", en="No deliveries match.")
EVIDENCE: Final = LocalText(kk="айғақ (EN 319 522)", ru="свидетельство (EN 319 522)", en="evidence (EN 319 522)")
NOT_SEALED: Final = LocalText(
    kk="Тізілім мөрі әлі қойылмаған: файлды кейінірек қайта жасаса, ол да ішінде болады.",
    ru="Печати реестра ещё нет: если сделать файл позже ещё раз, она в нём будет.",
    en="There is no seal of the ledger yet: a file made again later will hold one.",
)
SIGNATURE: Final = LocalText(kk="азаматтың қолтаңбасы", ru="подпись гражданина", en="citizen's signature")
HOLDER: Final = LocalText(kk="сертификат иесі", ru="владелец сертификата", en="holder")
NO_SIGNATURE: Final = LocalText(kk="қолтаңба келмеген", ru="подписи не было", en="no signature came")
ENVELOPES: Final = LocalText(kk="конверт", ru="конвертов", en="envelopes")
ANCHOR: Final = LocalText(kk="сенімді орталық", ru="доверенный центр", en="trust anchor")

VERDICTS: Final[Mapping[SignatureAnswer, LocalText]] = {
    SignatureAnswer.HOLDS: LocalText(kk="дұрыс", ru="действительна", en="holds"),
    SignatureAnswer.FAILS: LocalText(kk="ЖАРАМСЫЗ", ru="НЕДЕЙСТВИТЕЛЬНА", en="FAILS"),
    SignatureAnswer.UNKNOWN: LocalText(kk="анықталмады", ru="не установлено", en="unknown"),
}

BACKLOG: Final = LocalText(kk="Кезек", ru="Очередь", en="Backlog")
BACKLOG_COUNTS: Final = (
    LocalText(kk="күтуде", ru="ждут", en="waiting"),
    LocalText(kk="жіберілуде", ru="отправляются", en="in flight"),
    LocalText(kk="түбіртек күтілуде", ru="ждут квитанции", en="receipt to follow"),
    LocalText(kk="кейінге қойылған", ru="отложены", en="parked"),
    LocalText(kk="жіберуге келмейді", ru="неотправимы", en="dead-lettered"),
)
OLDEST: Final = LocalText(kk="ең ескісінің жасы", ru="возраст старейшей", en="oldest")
LAST_RECEIPT: Final = LocalText(
    kk="соңғы түбіртек (Алматы)", ru="последняя квитанция (Алматы)", en="last receipt (Almaty)"
)
LEFT_ALONE: Final = LocalText(
    kk="тарап жауап бермейді; {until} дейін мазаланбайды, содан кейін бір хабарламамен тексеріледі",
    ru="сторона не отвечает; до {until} её не беспокоят, затем проверят одним сообщением",
    en="the party does not answer; it is left alone until {until}, then probed with one message",
)
PROBED: Final = LocalText(
    kk="тарап жауап бермеген; қазір бір хабарламамен тексеріліп жатыр",
    ru="сторона не отвечала; сейчас её проверяют одним сообщением",
    en="the party did not answer; it is being probed with one message now",
)
PEOPLE_NOTIFIED: Final = LocalText(
    kk="қызметкерлерге хабарланды: {steps}", ru="сообщено людям: {steps}", en="people were told: {steps}"
)

CIRCUIT: Final = LocalText(kk="байланыс", ru="связь", en="circuit")

TOTAL: Final = LocalText(kk="барлығы", ru="всего", en="total")
NOTHING_WAITS: Final = LocalText(kk="Кезек бос.", ru="Очередь пуста.", en="Nothing waits.")
USERS: Final = LocalText(kk="Пайдаланушылар", ru="Пользователи", en="Users")
USER: Final = LocalText(kk="аты", ru="имя", en="name")
ROLE: Final = LocalText(kk="рөлі", ru="роль", en="role")
ADDED: Final = LocalText(kk="қосылды (Алматы)", ru="добавлен (Алматы)", en="added (Almaty)")
DISABLED: Final = LocalText(kk="өшірілді", ru="отключён", en="disabled")
LOCKED_UNTIL: Final = LocalText(kk="дейін құлыпталған", ru="заблокирован до", en="locked until")

TOKENS: Final = LocalText(kk="Токендер", ru="Токены", en="Tokens")
TOKEN: Final = LocalText(kk="бағдарлама", ru="программа", en="program")
HINT: Final = LocalText(kk="басы", ru="начало", en="begins")
ENDS: Final = LocalText(kk="мерзімі (Алматы)", ru="действует до (Алматы)", en="ends (Almaty)")
REVOKED: Final = LocalText(kk="кері қайтарылды", ru="отозван", en="revoked")
USED: Final = LocalText(kk="соңғы рет пайдаланылды", ru="использован последний раз", en="last used")
