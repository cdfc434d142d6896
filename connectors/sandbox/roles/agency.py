"""An agency: registers, answers, hands over its file, is complained of, decides as a higher body, tells the court."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from connectors.sandbox.behaviour import LiveBehaviour
from connectors.sandbox.records import DutyKind, SandboxDuty
from connectors.sandbox.roles.clerk import Clerk, local_day, own_number
from connectors.sandbox.roles.conduct import Accepts, Response
from connectors.sandbox.roles.undertakings import effects_of
from connectors.soap.calls import PreparedCall
from connectors.soap.client import SoapClient
from connectors.soap.reading import VerifiedDelivery
from contracts.operations import Service
from contracts.party import PartyId
from contracts.payloads import (
    DecideComplaint,
    DefectsNamed,
    Extended,
    HearingForm,
    HearingScheduled,
    Redirected,
    Registered,
    Reply,
    ReportProgress,
    Returned,
    SubmitMaterials,
    SubmitPosition,
)

_DAYS_TO_CURE: Final = 5
_DAYS_EXTENDED: Final = 30
_REDIRECT_REASON: Final = (
    "Жер кадастрындағы жазбаны түзету басқарманың құзыретіне жатпайды · "
    "Исправление записи в земельном кадастре не относится к компетенции управления"
)
_DEFECTS: Final = (
    "Тіркелген мекенжайды растайтын құжат қоса берілмеген · Не приложен документ, подтверждающий адрес регистрации",
)
_RETURN_GROUND: Final = "Көрсетілген кемшіліктер жойылмаған · Названные недостатки не устранены"

_EXTENSION_REASON: Final = "Жер кадастрының деректері сұратылды · Запрошены сведения земельного кадастра"
_EXTENDED_BY: Final = "Басқарма басшысының орынбасары Қ. Т. Омаров"
_PRELIMINARY: Final = (
    "Кезекке қайта қоюдан бас тартылады: өтініш берушінің атында жер учаскесі бар · "
    "В восстановлении в очереди будет отказано: за заявителем числится земельный участок"
)

Step = Registered | Redirected | DefectsNamed | Extended | HearingScheduled | Returned
_Payload = ReportProgress | Reply | SubmitMaterials | SubmitPosition | DecideComplaint


class AgencyConduct:
    """What one agency does, as its behaviour says at the moment a message comes."""

    def __init__(self, client: SoapClient, manner: LiveBehaviour) -> None:
        self._client = client
        self._manner = manner
        self._clerk = Clerk(client)

    async def respond(self, delivery: VerifiedDelivery, *, now: datetime, at_leisure: bool = False) -> Response:  # noqa: ARG002 - the protocol's
        return Accepts(effects_of(delivery, self._manner.behaviour, now=now))

    async def fulfil(self, duty: SandboxDuty, *, now: datetime) -> Sequence[PreparedCall]:
        payload = step_of(duty, now=now) or await self._written(duty, now=now)
        return [
            self._client.prepare(Service.AGENCY, payload, conversation_id=duty.conversation_id, ref=duty.message_id)
        ]

    async def _written(self, duty: SandboxDuty, *, now: datetime) -> _Payload:
        match duty.kind:
            case DutyKind.REPLY:
                return await self._clerk.reply(duty, now=now)
            case DutyKind.SATISFY:
                return await self._clerk.satisfaction(duty, now=now)
            case DutyKind.MATERIALS:
                return await self._clerk.materials(duty, now=now)
            case DutyKind.DECIDE:
                return await self._clerk.decision(duty, now=now)
            case DutyKind.POSITION:
                return await self._clerk.position(duty, now=now)
            case _:
                raise ValueError(f"an agency has no duty to {duty.kind}")


def step_of(duty: SandboxDuty, *, now: datetime) -> ReportProgress | None:
    """The step that the duty reports; None for a duty that takes more than words."""
    match duty.kind:
        case DutyKind.REGISTER:
            step: Step = Registered(own_number(duty, now), now)
        case DutyKind.REDIRECT:
            step = Redirected(PartyId(duty.note["to"]), whole=False, reason=_REDIRECT_REASON, at=now)
        case DutyKind.NAME_DEFECTS:
            step = DefectsNamed(_DEFECTS, local_day(now) + timedelta(days=_DAYS_TO_CURE), now)
        case DutyKind.EXTEND:
            step = Extended(local_day(now) + timedelta(days=_DAYS_EXTENDED), _EXTENSION_REASON, _EXTENDED_BY, now)
        case DutyKind.ANNOUNCE_HEARING:
            held_at = datetime.fromisoformat(duty.note["held_at"])
            step = HearingScheduled(HearingForm.ONLINE, None, held_at, _PRELIMINARY, now)
        case DutyKind.RETURN:
            step = Returned(_RETURN_GROUND, now)
        case _:
            return None
    return ReportProgress(step, ())
