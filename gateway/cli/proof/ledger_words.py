"""What ``dalel ledger`` tells people, in the three languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from contracts.party import LocalText
from gateway.domain.ledger import LedgerProblem

TITLE: Final = LocalText(kk="Журнал", ru="Журнал", en="The ledger")
HOLDS: Final = LocalText(
    kk="Журнал дұрыс: дерекқорда жазылғаннан кейін ештеңе өзгертілмеген.",
    ru="Журнал верен: в базе ничего не изменено после записи.",
    en="The ledger holds: nothing in the database was changed after it was recorded.",
)
BROKEN: Final = LocalText(
    kk="Журнал дұрыс ЕМЕС: төмендегілер жазылғаннан кейін өзгертілген.",
    ru="Журнал НЕ верен: перечисленное изменено после записи.",
    en="The ledger does NOT hold: what is listed was changed after it was recorded.",
)
MORE: Final = LocalText(kk="және тағы", ru="и ещё", en="and more")
WHAT_CHECKED: Final = LocalText(kk="Қаралды", ru="Просмотрено", en="Looked at")

TABLE: Final = LocalText(kk="кесте", ru="таблица", en="table")
KEY: Final = LocalText(kk="кілт", ru="ключ", en="key")
WRONG: Final = LocalText(kk="не болған", ru="что не так", en="what is wrong")
DETAIL: Final = LocalText(kk="бағандар, себебі", ru="столбцы, причина", en="columns, reason")

PROBLEMS: Final[Mapping[LedgerProblem, LocalText]] = {
    LedgerProblem.CHANGED: LocalText(
        kk="жазылғаннан кейін өзгертілген", ru="изменено после записи", en="changed after it was recorded"
    ),
    LedgerProblem.MISSING: LocalText(kk="жазба жойылған", ru="запись удалена", en="the record was deleted"),
    LedgerProblem.NOT_COVERED: LocalText(
        kk="қолдан енгізілген, алмасу жүйесі оны жазбаған",
        ru="вписано от руки: система обмена этого не записывала",
        en="put in by hand: the exchange did not write it",
    ),
    LedgerProblem.UNREADABLE: LocalText(
        kk="мұндай мәнді жүйе жаза алмайды", ru="такого значения система записать не могла", en="no value of ours"
    ),
    LedgerProblem.CONTRADICTS_EVENTS: LocalText(
        kk="істің оқиғаларына қайшы", ru="противоречит событиям дела", en="contradicts the events of the case"
    ),
    LedgerProblem.PAYLOAD_CHANGED: LocalText(
        kk="мазмұны оның бақылау сомасына сай емес",
        ru="содержание не отвечает своей контрольной сумме",
        en="its bytes are not those of its digest",
    ),
    LedgerProblem.ERASED_SILENTLY: LocalText(
        kk="өшірілген, ал кім өшіргені жазылмаған",
        ru="стёрто, и не записано, кем",
        en="erased, and nothing says by whom",
    ),
    LedgerProblem.UNNAMED: LocalText(
        kk="ешбір жазба бұл хатты атамайды", ru="ни одна запись не называет это письмо", en="no record names it"
    ),
    LedgerProblem.LEAF_CHANGED: LocalText(
        kk="журналдың жолы өзгертілген", ru="строка журнала изменена", en="the leaf was changed"
    ),
    LedgerProblem.LEAF_MISSING: LocalText(
        kk="журналдың мөрленген жолы жойылған", ru="опечатанная строка журнала удалена", en="a sealed leaf is gone"
    ),
    LedgerProblem.TREE_CHANGED: LocalText(
        kk="журнал ағашы өзгертілген", ru="дерево журнала изменено", en="the tree was changed"
    ),
    LedgerProblem.HEAD_CHANGED: LocalText(
        kk="мөрленген бас бұл жазбаларға сай емес",
        ru="опечатанный заголовок не отвечает этим записям",
        en="the tree head is not over these records",
    ),
    LedgerProblem.SEAL_BROKEN: LocalText(kk="мөр жарамсыз", ru="печать недействительна", en="the seal is not valid"),
    LedgerProblem.TOKEN_BROKEN: LocalText(
        kk="уақыт белгісі жарамсыз", ru="метка времени недействительна", en="the time stamp is not valid"
    ),
}

COUNTS: Final[Mapping[str, LocalText]] = {
    "leaves": LocalText(kk="журнал жолдары", ru="строк журнала", en="leaves"),
    "rows": LocalText(kk="жазбалар", ru="записей", en="records"),
    "conversations": LocalText(kk="өтініштер", ru="обращений", en="appeals"),
    "envelopes": LocalText(kk="хаттар", ru="писем", en="envelopes"),
    "heads": LocalText(kk="мөрлер", ru="печатей", en="seals"),
    "tokens": LocalText(kk="уақыт белгілері", ru="меток времени", en="time stamps"),
    "unsealed": LocalText(kk="мөрді күтеді", ru="ждут печати", en="wait for a seal"),
    "erased": LocalText(kk="заңды өшірілген", ru="стёрто по праву", en="erased by right"),
}

SEALED: Final = LocalText(kk="мөрленген", ru="опечатано", en="sealed")
STAMPED: Final = LocalText(kk="уақыт белгісімен", ru="с меткой времени", en="with a time stamp")
UNSEALED: Final = LocalText(kk="мөрді күтеді", ru="ждут печати", en="wait for a seal")
TOKENLESS: Final = LocalText(kk="уақыт белгісін күтеді", ru="ждут метки времени", en="wait for a time stamp")
LAST_SEALED: Final = LocalText(kk="соңғы мөр (Алматы)", ru="последняя печать (Алматы)", en="last seal (Almaty)")
SINCE: Final = LocalText(kk="бастап", ru="с", en="since")

EXPORTED: Final = LocalText(
    kk="жол шығарылды. Тексеру: python3 -I check.py", ru="строк выгружено. Проверка: python3 -I check.py",
    en="leaves written. To check: python3 -I check.py",
)  # fmt: skip
CONTINUES: Final = LocalText(
    kk="Сақталған бас осы журналда: өткені қайта жазылмаған.",
    ru="Сохранённый заголовок — из этого журнала: прошлое не переписано.",
    en="The head that was kept is of this ledger: its past was not written anew.",
)
DOES_NOT_CONTINUE: Final = LocalText(
    kk="Журнал сақталған басты жалғастырмайды: өткені қайта жазылған.",
    ru="Журнал НЕ продолжает сохранённый заголовок: прошлое переписано.",
    en="The ledger does NOT continue the head that was kept: its past was written anew.",
)
