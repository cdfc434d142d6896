"""What is said of each part of the exchange, and what helps, in the three languages."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from contracts.party import LocalText as T
from gateway.domain.alarms.findings import Health


class ConditionPart(StrEnum):
    """What is looked at."""

    DATABASE = "database"
    DOCUMENTS = "documents"
    INTAKE = "intake"
    MESSAGE_KEY = "message_key"
    SEAL_KEY = "seal_key"
    TIME_STAMPS = "time_stamps"
    DISK = "disk"
    CLOCK = "clock"
    LEDGER = "ledger"
    LEDGER_CHECK = "ledger_check"
    REVOCATION = "revocation"
    NODES = "nodes"
    LOOPS = "loops"
    BACKLOG = "backlog"
    DEAD_LETTERS = "dead_letters"
    PARTIES = "parties"


PARTS: Final[Mapping[ConditionPart, T]] = {
    ConditionPart.DATABASE: T("Дерекқор", "База данных", "Database"),
    ConditionPart.DOCUMENTS: T("Құжаттар қоймасы", "Хранилище документов", "Store of documents"),
    ConditionPart.INTAKE: T("Қабылдау", "Приём", "Intake"),
    ConditionPart.MESSAGE_KEY: T("Хабарларға қол қоятын кілт", "Ключ подписи сообщений", "Key that signs messages"),
    ConditionPart.SEAL_KEY: T("Мөр кілті", "Ключ печати", "Key that seals"),
    ConditionPart.TIME_STAMPS: T("Уақыт белгілері", "Метки времени", "Time stamps"),
    ConditionPart.DISK: T("Диск", "Диск", "Disk"),
    ConditionPart.CLOCK: T("Сағат", "Часы", "Clock"),
    ConditionPart.LEDGER: T("Журнал", "Журнал", "Ledger"),
    ConditionPart.LEDGER_CHECK: T("Журналды толық тексеру", "Полная проверка журнала", "Check of the whole ledger"),
    ConditionPart.REVOCATION: T("Сертификаттардың кері қайтарылуы", "Отзыв сертификатов", "Revocation of certificates"),
    ConditionPart.NODES: T("Тораптар", "Узлы", "Nodes"),
    ConditionPart.LOOPS: T("Фондық жұмыстар", "Фоновые работы", "Background work"),
    ConditionPart.BACKLOG: T("Кезек", "Очередь", "Backlog"),
    ConditionPart.DEAD_LETTERS: T("Жіберуге келмейтін хабарлар", "Неотправимые сообщения", "Dead letters"),
    ConditionPart.PARTIES: T("Тараптар", "Стороны", "Parties"),
}

HEALTHS: Final[Mapping[Health, T]] = {
    Health.OK: T("жақсы", "хорошо", "well"),
    Health.WARN: T("назар аударыңыз", "внимание", "look at it"),
    Health.FAIL: T("істемейді", "не работает", "does not work"),
}


def filled(text: T, **values: object) -> T:
    """The words with these values in their places."""
    return T(text.kk.format(**values), text.ru.format(**values), text.en.format(**values))


DATABASE_ANSWERS: Final = T("Жауап береді.", "Отвечает.", "It answers.")
NO_DATABASE: Final = T(
    "Жауап бермейді. Ештеңе қабылданбайды және жіберілмейді; жоғалған ештеңе жоқ.",
    "Не отвечает. Ничего не принимается и не отправляется; ничего не потеряно.",
    "It does not answer. Nothing is taken and nothing goes out; nothing is lost.",
)
START_DATABASE: Final = T(
    "Дерекқорды іске қосыңыз не оған апаратын жолды түзетіңіз; қалғаны өзі жалғасады.",
    "Запустите базу или восстановите связь с ней; остальное продолжится само.",
    "Start the database, or mend the way to it; the rest goes on by itself.",
)

DOCUMENTS_WRITABLE: Final = T("Жазуға болады.", "Запись возможна.", "It can be written.")
NO_DOCUMENTS: Final = T(
    "Құжаттарды жазу мүмкін емес: тараптар жүктеген файлдар қабылданбайды.",
    "Документы не записываются: файлы сторон не принимаются.",
    "Documents cannot be written: no uploads of parties are taken.",
)
MEND_DOCUMENTS: Final = T(
    "Қалтаның құқықтары мен дискісін немесе S3 қызметін тексеріңіз.",
    "Проверьте права и диск папки или службу S3.",
    "Look at the rights and the disk of the folder, or at the S3 service.",
)

INTAKE_OPEN: Final = T("Хабарлар қабылданады.", "Сообщения принимаются.", "Messages are taken.")
INTAKE_CLOSED: Final = T(
    "Қазір ешқандай хабар қабылданбайды; тараптар кейін қайталайды.",
    "Сейчас сообщения не принимаются; стороны повторят их позже.",
    "Nothing is taken at the moment; parties try again later.",
)
OPEN_INTAKE: Final = T(
    "Төмендегі себепті жойыңыз: қабылдау өзі ашылады.",
    "Устраните причину ниже: приём откроется сам.",
    "Mend the cause below: the intake opens by itself.",
)
NODE_LEAVES: Final = T(
    "Бұл торап қолындағысын аяқтап, тоқтайды.",
    "Этот узел заканчивает начатое и останавливается.",
    "This node finishes what it has in hand, and ends.",
)
OTHERS_GO_ON: Final = T(
    "Басқа тораптар жалғастырады; жалғыз болса, оны қайта іске қосыңыз.",
    "Другие узлы продолжат; если он один, запустите его снова.",
    "Other nodes go on; if it is the only one, start it again.",
)

KEY_DAYS: Final = T(
    "Сертификаттың аяқталуына {days} күн қалды.",
    "До конца сертификата осталось дней: {days}.",
    "Days left of its certificate: {days}.",
)
KEY_ENDED: Final = T(
    "Сертификаттың мерзімі бітті: қолтаңбаларға сенбейді.",
    "Срок сертификата истёк: подписям не верят.",
    "Its certificate has ended: what it signs is not believed.",
)
KEY_NOT_REPLACED: Final = T(
    "Орнында жатқан жаңа кілт күшіне енген жоқ; ескісі қол қояды.",
    "Новый ключ на его месте не вступил в силу; подписывает прежний.",
    "A new key lies in its place and is not in force; the old one signs.",
)
ORDER_KEY: Final = T(
    "Келесі сертификатқа қазір тапсырыс беріңіз: оны барлық тарап тіркеуі керек (dalel keys rotate).",
    "Закажите следующий сертификат сейчас: его должны зарегистрировать все стороны (dalel keys rotate).",
    "Order the next certificate now: every party must register it (dalel keys rotate).",
)
NEW_KEY: Final = T(
    "Жаңа сертификат алып, оны барлық тарапта тіркеңіз; сағатты тексеріңіз.",
    "Получите новый сертификат и зарегистрируйте его у всех сторон; проверьте часы.",
    "Get a new certificate and register it at every party; look at the clock.",
)
MEND_NEW_KEY: Final = T(
    "Төмендегі себепті жойыңыз, содан кейін: dalel keys reload",
    "Устраните причину ниже, затем: dalel keys reload",
    "Mend the cause below, then: dalel keys reload",
)

AUTHORITY_ANSWERS: Final = T("Қызмет жауап береді.", "Служба отвечает.", "An authority answers.")
NO_AUTHORITY: Final = T(
    "Бірде-бір қызмет аталмаған: мөрлер мен дерекнамалардың уақыты дәлелденбейді.",
    "Ни одна служба не названа: время печатей и досье не доказывается.",
    "No authority is named: seals and dossiers carry no proof of their time.",
)
NAME_AUTHORITY: Final = T(
    "Оны dalel.toml ішінде атаңыз: timestamp_urls",
    "Назовите её в dalel.toml: timestamp_urls",
    "Name one in dalel.toml: timestamp_urls",
)
AUTHORITY_AWAY: Final = T(
    "Уақыт белгілері кешігуде; мөрлер оларды күтеді, қалғаны жүріп жатыр.",
    "Метки времени запаздывают; печати их ждут, остальное идёт.",
    "Time stamps are late; seals wait for them, all else goes on.",
)
CALL_AUTHORITY: Final = T(
    "Уақыт белгісі қызметіне хабарласыңыз және оған апаратын жолды тексеріңіз (dalel doctor).",
    "Свяжитесь со службой меток времени и проверьте связь с ней (dalel doctor).",
    "Call the authority, and look at the way to it (dalel doctor).",
)

DISK_FREE: Final = T("Бос орын: {gib} ГиБ.", "Свободно: {gib} ГиБ.", "{gib} GiB are free.")
DISK_UNKNOWN: Final = T(
    "Бос орын әлі белгісіз.", "Свободное место ещё неизвестно.", "How much is free is not known yet."
)
WAIT_FOR_LOOK: Final = T(
    "Бір минуттан кейін қайта қараңыз; сонда да белгісіз болса, файл жүйесі жауап бермейді.",
    "Посмотрите через минуту; если и тогда неизвестно, файловая система не отвечает.",
    "Look again in a minute; if it is unknown then, the file system does not answer.",
)
MAKE_ROOM: Final = T(
    "Орын босатыңыз не қалтаны үлкенірек дискіге көшіріңіз: қор таусылса, қабылдау жабылады.",
    "Освободите место или перенесите папку на больший диск: без резерва приём закроется.",
    "Make room, or move the folder to a larger disk: without the reserve the intake closes.",
)

CLOCK_ALONE: Final = T(
    "Салыстыратын басқа сағат жоқ.", "Сравнить не с чем: других часов нет.", "There is no other clock to compare with."
)
CLOCK_OFF: Final = T(
    "Дерекқор сағатынан айырмасы: {seconds} с.",
    "Расхождение с часами базы: {seconds} с.",
    "{seconds} s off the clock of the database.",
)
SET_CLOCK: Final = T(
    "Екі сағатты да NTP бойынша қойыңыз: мерзімдер мен қолтаңбалар сол бойынша есептеледі.",
    "Выставьте обои часы по NTP: по ним считаются сроки и подписи.",
    "Set both clocks by NTP: terms and signatures are counted by them.",
)

SEALED: Final = T(
    "Жазбалар мөрленуде; келесі мөрді күтетіні: {count}.",
    "Записи опечатываются; ждут следующей печати: {count}.",
    "Records are sealed; {count} wait for the next seal.",
)
UNSEALED: Final = T(
    "{count} жазба мөрді тым ұзақ күтіп тұр.",
    "Записей, слишком долго ждущих печати: {count}.",
    "{count} records have waited too long for a seal.",
)
LOOK_FOR_SEALER: Final = T(
    "Мөр кілтін және торап журналындағы loop.failed пен ledger.broken жолдарын қараңыз.",
    "Проверьте ключ печати и строки loop.failed и ledger.broken в журнале узла.",
    "Look at the seal key, and for loop.failed and ledger.broken in the node's log.",
)
LEDGER_BROKEN: Final = T(
    "Журнал бұзылған: біреу дерекқорды өзгерткен. Ештеңе мөрленбейді.",
    "Журнал нарушен: кто-то изменил базу. Ничего не опечатывается.",
    "The ledger is broken: somebody changed the database. Nothing is sealed.",
)
NAME_ROWS: Final = T(
    "Ең алдымен дерекқордың көшірмесін жасаңыз; жолдарын dalel ledger verify атайды.",
    "Прежде всего скопируйте базу; строки назовёт dalel ledger verify.",
    "Copy the database before anything else; dalel ledger verify names the rows.",
)
CHECK_HELD: Final = T("Соңғы тексеруде бәрі дұрыс.", "При последней проверке всё верно.", "All held at the last check.")
CHECK_FAILED: Final = T(
    "Соңғы тексеру өзгертілген жолдарды тапты.",
    "Последняя проверка нашла изменённые строки.",
    "The last check found rows that were changed.",
)
CHECKED_LONG_AGO: Final = T(
    "Екі күннен бері тексерілмеген.", "Не проверялся больше двух дней.", "It was not checked for more than two days."
)
NEVER_CHECKED: Final = T("Бірде-бір тексеру жазылмаған.", "Ни одной проверки не записано.", "No check is on record.")
CHECK_NIGHTLY: Final = T(
    "Әр түнде торапта іске қосылсын: dalel ledger verify",
    "Запускайте каждую ночь на узле: dalel ledger verify",
    "Let it run on a node every night: dalel ledger verify",
)

NONE_REVOKED: Final = T(
    "Қолданыстағы {judged_count} сертификаттың ешқайсысы кері қайтарылмаған.",
    "Из действующих сертификатов ({judged_count}) ни один не отозван.",
    "None of the {judged_count} certificates in use was revoked.",
)
REVOKED: Final = T(
    "Кері қайтарылған сертификаттар: {count}. Олармен қол қойылғаны қабылданбайды.",
    "Отозвано сертификатов: {count}. Подписанное ими не принимается.",
    "Certificates that were revoked: {count}. What they sign is refused.",
)
CALL_PARTY: Final = T(
    "Тараптың қауіпсіздік офицеріне хабарласып, жаңа сертификатын тіркеңіз.",
    "Свяжитесь с офицером безопасности стороны и зарегистрируйте новый сертификат.",
    "Call the party's security officer, and register its new certificate.",
)
REVOCATION_UNKNOWN: Final = T(
    "{judged_count} сертификаттың {count} туралы ешкім жауап бермейді.",
    "О {count} из {judged_count} сертификатов никто не отвечает.",
    "Nobody answers about {count} of {judged_count} certificates.",
)
CALL_RESPONDER: Final = T(
    "Куәландырушы орталыққа хабарласыңыз не оған апаратын жолды түзетіңіз (dalel doctor).",
    "Свяжитесь с удостоверяющим центром или восстановите связь с ним (dalel doctor).",
    "Call the authority that issued them, or mend the way to it (dalel doctor).",
)

PATH_INVALID: Final = T(
    "Сертификаттар тізбегі жарамсыз: {count}. Олармен қол қойылғаны қабылданбайды.",
    "Сертификатов с недействительной цепочкой: {count}. Подписанное ими не принимается.",
    "Certificates whose path is not valid: {count}. What they sign is refused.",
)
NO_PATH: Final = T(
    "{judged_count} сертификаттың {count} сенімді түбірге апаратын жолы жоқ: кері қайтарылмағанына ешкім кепіл емес. "
    "Келісімдегі күту мерзімі біткенде олармен қол қойылғаны қабылданбайды.",
    "У {count} из {judged_count} сертификатов нет пути к доверенному корню: никто не поручится, что они не отозваны. "
    "Когда выйдет срок ожидания по соглашению, подписанное ими не принимается.",
    "No path leads from {count} of {judged_count} certificates to a trust anchor: nobody vouches that they were "
    "not revoked. "
    "Once the agreement's patience ends, what they sign is refused.",
)
MEND_PATH: Final = T(
    "Себебін қараңыз (dalel doctor), куәландырушы орталықтың сертификатын trust/ қалтасына салыңыз не тараптың басқа "
    "сертификатын тіркеңіз.",
    "Посмотрите причину (dalel doctor), положите сертификат удостоверяющего центра в trust/ или зарегистрируйте другой "
    "сертификат стороны.",
    "Look at the reason (dalel doctor); put the authority's certificate into trust/, or register another certificate.",
)

NODES_THERE: Final = T(
    "Жұмыс істейтін тораптар: {count}.", "Работает узлов: {count}.", "Nodes that are there: {count}."
)
NODE_SILENT: Final = T("{name} торабы үнсіз.", "Узел {name} молчит.", "The node {name} is silent.")
START_NODE: Final = T(
    "Оны іске қосыңыз; бастағанын басқалары аяқтайды. Қайтпаса, бір күннен кейін тізімнен шығады.",
    "Запустите его; начатое им закончат другие. Если он не вернётся, через день исчезнет из списка.",
    "Start it; the others finish what it began. One that stays away leaves the list after a day.",
)
VERSIONS_DIFFER: Final = T("Тораптардың нұсқалары әртүрлі.", "Узлы разных версий.", "Nodes run different releases.")
UPDATE_ALL: Final = T(
    "Жаңартуды қалған тораптарда аяқтаңыз.", "Доведите обновление до всех узлов.", "Finish the update on all nodes."
)
LOOPS_LED: Final = T("Әр жұмысты бір торап жүргізеді.", "Каждую работу ведёт один узел.", "One node leads each.")
NOBODY_LEADS: Final = T("Мына жұмыстарды ешкім жүргізбейді.", "Эти работы никто не ведёт.", "Nobody leads these.")
RESTART_NODE: Final = T(
    "Бір минут күтіңіз; өзгермесе, торапты қайта іске қосып, журналынан loop.failed іздеңіз.",
    "Подождите минуту; если не изменится, перезапустите узел и найдите loop.failed в его журнале.",
    "Wait a minute; if it stays so, restart a node and look for loop.failed in its log.",
)

WAITING: Final = T(
    "Расталмаған хабарлар: {count}.",
    "Не подтверждено сообщений: {count}.",
    "Messages that are not acknowledged: {count}.",
)
READ_OLDEST: Final = T(
    "Ең ескісін ашып, тараптың соңғы сөздерін оқыңыз да, оларға хабарласыңыз.",
    "Откройте самое старое, прочитайте последние слова стороны и позвоните ей.",
    "Open the oldest, read the party's last words, and call them with these.",
)
DEAD_LETTERS: Final = T(
    "Жіберуге келмейтін хабарлар: {count}.", "Неотправимых сообщений: {count}.", "Dead letters: {count}."
)
MEND_AND_RESEND: Final = T(
    "Олар атаған себепті жойып, қайта жіберіңіз.",
    "Устраните причину, которую они называют, и отправьте снова.",
    "Mend the cause that they name, then resend them.",
)
PARTIES_SILENT: Final = T(
    "Жауап бермейтін тараптар: {count}.",
    "Сторон, которые не отвечают: {count}.",
    "Parties that do not answer: {count}.",
)
CALL_SILENT: Final = T(
    "Сынақ пинг не айтқанын қарап, оларға хабарласыңыз.",
    "Посмотрите, что говорит тестовый пинг, и позвоните им.",
    "See what the test ping says, and call them.",
)

# --- what /health/live and /health/ready say of their checks --------------------------------------------------------

PROCESS: Final = "process"

_PROBES: Final[Mapping[str, tuple[T, T]]] = {
    PROCESS: (
        T("Процесс жауап береді.", "Процесс отвечает.", "The process answers."),
        T("Процесс жауап бермейді.", "Процесс не отвечает.", "The process does not answer."),
    ),
    "store": (
        T("Дерекқор жауап береді.", "База данных отвечает.", "The database answers."),
        T("Дерекқор жауап бермейді.", "База данных не отвечает.", "The database does not answer."),
    ),
    "documents": (
        T("Құжаттарды жазуға болады.", "Документы записываются.", "Documents can be written."),
        T("Құжаттарды жазу мүмкін емес.", "Документы не записываются.", "Documents cannot be written."),
    ),
    "intake": (
        INTAKE_OPEN,
        T("Қазір хабар қабылданбайды.", "Сейчас сообщения не принимаются.", "Nothing is taken at the moment."),
    ),
    "node": (
        T("Торап жұмысын жалғастырады.", "Узел остаётся в работе.", "The node stays."),
        NODE_LEAVES,
    ),
}
_WELL: Final = T("Жақсы.", "В порядке.", "It is well.")
_NOT_WELL: Final = T("Істемейді.", "Не работает.", "It does not work.")


def probe_words(name: str, *, ok: bool) -> T:
    """What a check comes to, without the particulars, which may name machines and folders."""
    well, not_well = _PROBES.get(name, (_WELL, _NOT_WELL))
    return well if ok else not_well
