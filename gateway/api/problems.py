"""What may be wrong with a request, as problem details (RFC 9457) in the caller's language: what, where, what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from types import MappingProxyType
from typing import Final

from contracts.party import LocalText

MEDIA_TYPE: Final = "application/problem+json"
URN: Final = "urn:dalel:problem:"


class ProblemType(StrEnum):
    """Each has one HTTP status and never changes its meaning; programs act on these, people read the words."""

    INVALID = "invalid-request"
    NO_TOKEN = "no-token"  # noqa: S105 - no password
    NO_RIGHT = "no-right"
    NOT_FOUND = "not-found"
    NOT_SEALED = "not-sealed-yet"
    NO_SUCH_METHOD = "no-such-method"
    REFUSED = "refused"
    IN_HAND = "in-hand"
    OUTCOME_UNKNOWN = "outcome-unknown"
    TOO_LONG = "too-long"
    TOO_SLOW = "too-slow"
    NOT_JSON = "not-json"
    KEY_REUSED = "key-reused"
    TOO_MANY = "too-many-failures"
    FAILED = "failed"
    AWAY = "store-away"
    BUSY = "busy"


@dataclass(frozen=True, slots=True)
class ProblemWords:
    """``cure``: what to do about it."""

    status: HTTPStatus
    title: LocalText
    cure: LocalText


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """``place``: path, query, header or body; ``name``: of the parameter, or the way to the member."""

    place: str
    name: str
    what: LocalText


class RequestRefusal(Exception):
    """Ends a request. ``reason``: words of the exchange itself, as the audit log has them, English."""

    def __init__(
        self,
        problem: ProblemType,
        wrong: tuple[FieldProblem, ...] = (),
        *,
        reason: str | None = None,
        right: str | None = None,
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        super().__init__(problem.value)
        self.problem, self.wrong, self.reason, self.right, self.headers = problem, wrong, reason, right, headers


S = HTTPStatus
WORDS: Final[Mapping[ProblemType, ProblemWords]] = {
    ProblemType.INVALID: ProblemWords(
        S.BAD_REQUEST,
        LocalText(
            kk="Сұрау сипаттамаға сай емес.",
            ru="Запрос не соответствует описанию.",
            en="The request is not as the description says.",
        ),
        LocalText(
            kk="wrong ішінде аталғанды түзетіп, сұрауды қайта жіберіңіз.",
            ru="Исправьте то, что названо в wrong, и повторите запрос.",
            en="Mend what wrong names, and send it again.",
        ),
    ),
    ProblemType.NO_TOKEN: ProblemWords(
        S.UNAUTHORIZED,
        LocalText(
            kk="Жарамды токен жоқ.", ru="Нет действующего токена.", en="There is no token that opens anything."
        ),
        LocalText(
            kk="«Authorization: Bearer …» тақырыбын жіберіңіз; токенді әкімші dalel tokens add арқылы жасайды.",
            ru="Пришлите заголовок «Authorization: Bearer …»; токен делает администратор командой dalel tokens add.",
            en="Send the header “Authorization: Bearer …”; the administrator makes a token by dalel tokens add.",
        ),
    ),
    ProblemType.NO_RIGHT: ProblemWords(
        S.FORBIDDEN,
        LocalText(
            kk="Токеннің рөлі бұған құқық бермейді.",
            ru="Роль токена не даёт на это права.",
            en="The token's role does not give the right to this.",
        ),
        LocalText(
            kk="right ішінде аталған құқығы бар рөлмен токен сұраңыз; кестесі нұсқаулықта.",
            ru="Попросите токен с ролью, у которой есть право, названное в right; таблица в руководстве.",
            en="Ask for a token of a role that has the right named in right; the table is in the manual.",
        ),
    ),
    ProblemType.NOT_FOUND: ProblemWords(
        S.NOT_FOUND,
        LocalText(
            kk="Мұндай мекенжай не нөмір жоқ.",
            ru="По этому адресу или номеру ничего нет.",
            en="There is nothing under this address or number.",
        ),
        LocalText(
            kk="Нөмірді тізімнен алыңыз; мекенжайлар openapi.json ішінде.",
            ru="Возьмите номер из списка; адреса перечислены в openapi.json.",
            en="Take the number from a list; the addresses stand in openapi.json.",
        ),
    ),
    ProblemType.NOT_SEALED: ProblemWords(
        S.NOT_FOUND,
        LocalText(
            kk="Бұған әлі мөр қойылмаған.", ru="Печати над этим ещё нет.", en="There is no seal over this yet."
        ),
        LocalText(
            kk="Бір минуттан кейін қайталаңыз: мөр seal_every_s сайын қойылады.",
            ru="Повторите через минуту: печать ставится каждые seal_every_s.",
            en="Ask again in a minute: there is a seal every seal_every_s.",
        ),
    ),
    ProblemType.NO_SUCH_METHOD: ProblemWords(
        S.METHOD_NOT_ALLOWED,
        LocalText(
            kk="Бұл мекенжайда мұндай әдіс жоқ.",
            ru="У этого адреса нет такого метода.",
            en="This address has no such method.",
        ),
        LocalText(
            kk="Allow тақырыбындағы әдістердің бірін қолданыңыз.",
            ru="Возьмите один из методов, названных в заголовке Allow.",
            en="Use one of those that the header Allow names.",
        ),
    ),
    ProblemType.REFUSED: ProblemWords(
        S.CONFLICT,
        LocalText(
            kk="Әрекет орындалмады: қазіргі күй оған жол бермейді.",
            ru="Действие не выполнено: нынешнее состояние его не допускает.",
            en="The act was not carried out: the present state does not allow it.",
        ),
        LocalText(
            kk="reason себебін айтады; сол туралы қазіргі жауапты оқып, қайта шешіңіз.",
            ru="Причина в reason; прочитайте нынешнее состояние и решите заново.",
            en="Why stands in reason; read how it stands now, and decide anew.",
        ),
    ),
    ProblemType.IN_HAND: ProblemWords(
        S.CONFLICT,
        LocalText(
            kk="Осы кілтпен келген сұрау әлі орындалып жатыр.",
            ru="Запрос с этим ключом ещё выполняется.",
            en="A request under this key is still in hand.",
        ),
        LocalText(
            kk="Сол кілтпен бірнеше секундтан кейін қайталаңыз.",
            ru="Повторите его с тем же ключом через несколько секунд.",
            en="Send it again under the same key in some seconds.",
        ),
    ),
    ProblemType.OUTCOME_UNKNOWN: ProblemWords(
        S.CONFLICT,
        LocalText(
            kk="Осы кілтпен келген сұраудың нәтижесі белгісіз: ол кезде біздің процесс тоқтап қалған.",
            ru="Чем кончился запрос с этим ключом, неизвестно: наш процесс тогда прервался.",
            en="How the request under this key ended is not known: our process broke off then.",
        ),
        LocalText(
            kk="Қазіргі күйді оқып, қажет болса жаңа кілтпен қайталаңыз.",
            ru="Прочитайте нынешнее состояние и при надобности повторите под новым ключом.",
            en="Read how it stands now, and if need be ask again under a new key.",
        ),
    ),
    ProblemType.TOO_LONG: ProblemWords(
        S.REQUEST_ENTITY_TOO_LARGE,
        LocalText(kk="Сұрау тым ұзын.", ru="Запрос слишком велик.", en="The request is too long."),
        LocalText(
            kk="Оны бөліктерге бөліңіз.", ru="Разбейте его на части.", en="Ask for it in parts."
        ),
    ),
    ProblemType.TOO_SLOW: ProblemWords(
        S.REQUEST_TIMEOUT,
        LocalText(
            kk="Сұраудың денесі уақытында толық жетпеді.",
            ru="Тело запроса не пришло целиком вовремя.",
            en="The body did not arrive whole in time.",
        ),
        LocalText(
            kk="Сұрауды қайта жіберіңіз; әрекетті сол кілтпен.",
            ru="Пришлите запрос ещё раз; действие под тем же ключом.",
            en="Send it again; an act under the same key.",
        ),
    ),
    ProblemType.NOT_JSON: ProblemWords(
        S.UNSUPPORTED_MEDIA_TYPE,
        LocalText(
            kk="Сұраудың денесі JSON деп аталмаған.",
            ru="Тело запроса не названо JSON.",
            en="The body is not called JSON.",
        ),
        LocalText(
            kk="«Content-Type: application/json» тақырыбын жіберіңіз.",
            ru="Пришлите заголовок «Content-Type: application/json».",
            en="Send the header “Content-Type: application/json”.",
        ),
    ),
    ProblemType.KEY_REUSED: ProblemWords(
        S.UNPROCESSABLE_ENTITY,
        LocalText(
            kk="Бұл кілтпен бұрын басқа сұрау келген.",
            ru="Под этим ключом раньше пришёл другой запрос.",
            en="Another request came under this key before.",
        ),
        LocalText(
            kk="Әр әрекетке жаңа Idempotency-Key алыңыз.",
            ru="Берите для каждого действия новый Idempotency-Key.",
            en="Take a new Idempotency-Key for each act.",
        ),
    ),
    ProblemType.TOO_MANY: ProblemWords(
        S.TOO_MANY_REQUESTS,
        LocalText(
            kk="Бұл жақтан жарамсыз токендер тым көп келді.",
            ru="Отсюда пришло слишком много негодных токенов.",
            en="Too many tokens that open nothing came from there.",
        ),
        LocalText(
            kk="Retry-After өткенше күтіңіз, содан кейін жарамды токенмен келіңіз.",
            ru="Подождите Retry-After и приходите с действующим токеном.",
            en="Wait for Retry-After, then come with a good token.",
        ),
    ),
    ProblemType.FAILED: ProblemWords(
        S.INTERNAL_SERVER_ERROR,
        LocalText(
            kk="Біз жақта бірдеңе істен шықты.", ru="У нас что-то сломалось.", en="Something went wrong on our side."
        ),
        LocalText(
            kk="Әкімшіге request_id айтыңыз: себебі сол нөмірмен журналда тұр.",
            ru="Назовите администратору request_id: под ним причина стоит в журнале.",
            en="Tell the administrator the request_id: the log says why under it.",
        ),
    ),
    ProblemType.AWAY: ProblemWords(
        S.SERVICE_UNAVAILABLE,
        LocalText(
            kk="Дерекқор қазір жауап бермейді.",
            ru="База данных сейчас не отвечает.",
            en="The database does not answer at the moment.",
        ),
        LocalText(
            kk="Сәлден кейін қайталаңыз; әрекетті сол кілтпен.",
            ru="Повторите немного погодя; действие под тем же ключом.",
            en="Ask again soon; an act under the same key.",
        ),
    ),
    ProblemType.BUSY: ProblemWords(
        S.SERVICE_UNAVAILABLE,
        LocalText(
            kk="Қазір сұраулар тым көп, бәріне орын жоқ.",
            ru="Сейчас запросов больше, чем есть мест.",
            en="There are more requests at this moment than places.",
        ),
        LocalText(
            kk="Retry-After өткенше күтіп, қайталаңыз.",
            ru="Подождите Retry-After и повторите.",
            en="Wait for Retry-After, then ask again.",
        ),
    ),
}  # fmt: skip


MISSING: Final = LocalText(kk="жоқ", ru="отсутствует", en="is missing")
UNKNOWN: Final = LocalText(kk="мұнда белгісіз", ru="здесь неизвестно", en="is not known here")
TWICE: Final = LocalText(kk="бірнеше рет келді", ru="пришло несколько раз", en="came more than once")
NO_FIT: Final = LocalText(
    kk="сипаттамадағыдай емес: {ought}", ru="не такое, как в описании: {ought}", en="is not as described: {ought}"
)
NO_JSON: Final = LocalText(kk="JSON емес", ru="не JSON", en="is no JSON")
PERSON: Final = LocalText(
    kk="ЖСН не БСН мекенжайда тұрмайды: POST /appeals/find қолданыңыз",
    ru="ИИН и БИН не стоят в адресах: возьмите POST /appeals/find",
    en="an IIN or BIN stands in no address: use POST /appeals/find",
)
PERSON_IN_WORDS: Final = LocalText(
    kk="ішінде ЖСН не БСН тұр: алып тастаңыз, мұндай сөздер азаматты атамайды",
    ru="в тексте стоит ИИН или БИН: уберите его, здесь граждан не называют",
    en="an IIN or BIN stands in it: leave it out, such words name no citizen",
)
NO_HAND: Final = LocalText(
    kk="мұндай пайдаланушы жоқ немесе ол өшірілген",
    ru="такого пользователя нет, или он отключён",
    en="there is no such user, or they are disabled",
)
