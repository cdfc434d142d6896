"""Closed sets as people read them, in the three languages; commands and console say the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from contracts.party import LocalText
from dossier.case.appeal import Status, TermState
from gateway.domain.delivery.circuit import CircuitState
from gateway.domain.delivery.escalation import EscalationStep
from gateway.domain.delivery.states import DeliveryState
from gateway.domain.people.access import UserRole

DELIVERY_STATES: Final[Mapping[DeliveryState, LocalText]] = {
    DeliveryState.PENDING: LocalText(kk="кезекте", ru="в очереди", en="pending"),
    DeliveryState.IN_FLIGHT: LocalText(kk="жіберілуде", ru="отправляется", en="in flight"),
    DeliveryState.RETRY_SCHEDULED: LocalText(kk="қайталанады", ru="будет повторена", en="retry scheduled"),
    DeliveryState.DELIVERED: LocalText(kk="түбіртек күтілуде", ru="ждёт квитанции", en="delivered"),
    DeliveryState.ACKNOWLEDGED: LocalText(kk="расталды", ru="подтверждена", en="acknowledged"),
    DeliveryState.REJECTED: LocalText(kk="қабылданбады", ru="отклонена", en="rejected"),
    DeliveryState.DEAD_LETTERED: LocalText(kk="жіберуге келмейді", ru="неотправима", en="dead-lettered"),
    DeliveryState.PARKED: LocalText(kk="кейінге қойылды", ru="отложена", en="parked"),
    DeliveryState.CANCELLED: LocalText(kk="тоқтатылды", ru="отменена", en="cancelled"),
}

OUTCOMES: Final[Mapping[str, LocalText]] = {
    "Acknowledged": LocalText(kk="расталды", ru="подтверждено", en="acknowledged"),
    "Rejected": LocalText(kk="бас тартылды", ru="отказ", en="rejected"),
    "Delivered": LocalText(kk="алынды, түбіртек кейін", ru="принято, квитанция позже", en="taken, receipt to follow"),
    "Deferred": LocalText(kk="жеткізілмеді", ru="не доставлено", en="deferred"),
    "Unknown": LocalText(kk="нәтижесі белгісіз", ru="исход неизвестен", en="unknown"),
    "Poison": LocalText(kk="құрастырылмайды", ru="не собирается", en="poison"),
}

STEPS: Final[Mapping[EscalationStep, LocalText]] = {
    EscalationStep.WARN: LocalText(kk="ескерту", ru="предупреждение", en="warning"),
    EscalationStep.ALARM: LocalText(kk="дабыл", ru="тревога", en="alarm"),
    EscalationStep.PAGE: LocalText(kk="шұғыл шақыру", ru="срочный вызов", en="page"),
}

PAUSED: Final = LocalText(kk="тоқтатып қойылды", ru="приостановлена", en="paused")
"""Of a party to which a person lets nothing new go out."""

CIRCUITS: Final[Mapping[CircuitState, LocalText]] = {
    CircuitState.CLOSED: LocalText(kk="бар", ru="есть", en="closed"),
    CircuitState.OPEN: LocalText(kk="ЖОҚ, тыныс", ru="НЕТ, пауза", en="OPEN, resting"),
    CircuitState.HALF_OPEN: LocalText(kk="тексерілуде", ru="проверяется", en="half open, probing"),
}

ROLES: Final[Mapping[UserRole, LocalText]] = {
    UserRole.VIEWER: LocalText(kk="бақылаушы", ru="наблюдатель", en="viewer"),
    UserRole.OPERATOR: LocalText(kk="оператор", ru="оператор", en="operator"),
    UserRole.SUPPORT: LocalText(kk="қолдау қызметі", ru="служба поддержки", en="support"),
    UserRole.SECURITY_OFFICER: LocalText(kk="қауіпсіздік офицері", ru="офицер безопасности", en="security officer"),
    UserRole.AUDITOR: LocalText(kk="аудитор", ru="аудитор", en="auditor"),
    UserRole.ADMIN: LocalText(kk="әкімші", ru="администратор", en="administrator"),
}

STATES: Final[Mapping[TermState, LocalText]] = {
    TermState.OPEN: LocalText(kk="өтіп жатыр", ru="идёт", en="open"),
    TermState.MET: LocalText(kk="орындалды", ru="исполнен", en="met"),
    TermState.BREACHED: LocalText(kk="БҰЗЫЛДЫ", ru="НАРУШЕН", en="BREACHED"),
    TermState.DEFAULT: LocalText(kk="ҮНСІЗ ҚАЛДЫ", ru="МОЛЧАНИЕ", en="SILENCE"),
    TermState.LAPSED: LocalText(kk="күшін жойды", ru="отпал", en="lapsed"),
    TermState.EXTENDED: LocalText(kk="ұзартылды", ru="продлён", en="extended"),
}

STATUSES: Final[Mapping[Status, LocalText]] = {
    Status.REGISTERED: LocalText(kk="тіркелді", ru="зарегистрировано", en="registered"),
    Status.WITH_BODY: LocalText(kk="органда қаралуда", ru="на рассмотрении органа", en="with the body"),
    Status.REPLIED: LocalText(kk="жауап берілді", ru="дан ответ", en="replied"),
    Status.TERMINATED: LocalText(kk="рәсім тоқтатылды", ru="процедура прекращена", en="terminated"),
    Status.RETURNED_BY_BODY: LocalText(kk="орган қайтарды", ru="возвращено органом", en="returned by the body"),
    Status.COMPLAINT_LODGED: LocalText(kk="шағым жасалды", ru="подана жалоба", en="complaint lodged"),
    Status.COMPLAINT_REVIEWED: LocalText(
        kk="шағым жоғары тұрған органда", ru="жалоба у вышестоящего органа", en="complaint under review"
    ),
    Status.COMPLAINT_DECIDED: LocalText(
        kk="шағым бойынша шешім қабылданды", ru="по жалобе принято решение", en="complaint decided"
    ),
    Status.WITHDRAWN: LocalText(kk="кері қайтарып алынды", ru="отозвано", en="withdrawn"),
    Status.COLLECTING: LocalText(kk="материалдар жиналуда", ru="собираются материалы", en="materials are collected"),
    Status.DOSSIER_DUE: LocalText(kk="дерекнама жиналуда", ru="собирается досье", en="dossier is assembled"),
    Status.DOSSIER_FILED: LocalText(kk="дерекнама сотқа жіберілді", ru="досье направлено в суд", en="dossier filed"),
    Status.AT_COURT: LocalText(kk="сотта", ru="в суде", en="at court"),
    Status.COURT_REFUSED: LocalText(
        kk="сот жүйесі қабылдамады", ru="не принято системой суда", en="refused by the court's system"
    ),
    Status.CASE_OPEN: LocalText(kk="сот ісі жүріп жатыр", ru="идёт судебное дело", en="court case open"),
    Status.LEFT_WITHOUT_MOVEMENT: LocalText(
        kk="сот қозғалыссыз қалдырды", ru="оставлено судом без движения", en="left without movement"
    ),
    Status.RETURNED: LocalText(kk="сот қайтарды", ru="возвращено судом", en="returned by the court"),
    Status.CLOSED: LocalText(kk="сот актісі заңды күшіне енді", ru="судебный акт вступил в силу", en="ruling in force"),
}
