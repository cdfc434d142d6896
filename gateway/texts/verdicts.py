"""What a verification comes to, in a sentence: the command and the console say the same."""

from __future__ import annotations

from typing import Final

from contracts.party import LocalText
from dossier.check.report import ContainerKind, Indication, VerificationReport

_VERDICTS: Final = {
    Indication.TOTAL_PASSED: LocalText(
        kk="Дерекнама тексерілді: бүтін, қол қойылғаннан кейін өзгертілмеген.",
        ru="Досье проверено: оно целое и не менялось после подписания.",
        en="The dossier is verified: whole, and unchanged since it was signed.",
    ),
    Indication.TOTAL_FAILED: LocalText(
        kk="Дерекнама тексеруден ӨТПЕДІ: оған сенуге болмайды.",
        ru="Досье НЕ прошло проверку: полагаться на него нельзя.",
        en="The dossier FAILED verification: do not rely on it.",
    ),
    Indication.INDETERMINATE: LocalText(
        kk="Қолда бар деректермен түпкілікті тұжырым жасау мүмкін емес.",
        ru="По имеющимся данным окончательный вывод сделать нельзя.",
        en="What is at hand does not suffice for a final verdict.",
    ),
}

_FOREIGN_VERDICTS: Final = {
    Indication.TOTAL_PASSED: LocalText(
        kk="Бұл — Dälel дерекнамасы ЕМЕС, басқа жүйенің контейнері. Оның қолтаңбалары дұрыс, файлдары өзгертілмеген.",
        ru="Это НЕ досье Dälel, а контейнер другой системы. Его подписи верны, файлы не менялись.",
        en="This is NOT a Dälel dossier but another system's container. Its signatures hold, its files are unchanged.",
    ),
    Indication.TOTAL_FAILED: LocalText(
        kk="Бұл — Dälel дерекнамасы ЕМЕС, және контейнер тексеруден ӨТПЕДІ: оған сенуге болмайды.",
        ru="Это НЕ досье Dälel, и контейнер НЕ прошёл проверку: полагаться на него нельзя.",
        en="This is NOT a Dälel dossier, and the container FAILED verification: do not rely on it.",
    ),
    Indication.INDETERMINATE: LocalText(
        kk="Бұл — Dälel дерекнамасы ЕМЕС. Қолда бар деректермен контейнер туралы түпкілікті тұжырым жасау мүмкін емес.",
        ru="Это НЕ досье Dälel. По имеющимся данным сделать окончательный вывод о контейнере нельзя.",
        en="This is NOT a Dälel dossier. What is at hand does not suffice for a final verdict on the container.",
    ),
}

_EVIDENCE_VERDICTS: Final = {
    Indication.TOTAL_PASSED: LocalText(
        kk="Айғақ файлы тексерілді: бүтін, қол қойылғаннан кейін өзгертілмеген.",
        ru="Файл свидетельств проверен: он целый и не менялся после подписания.",
        en="The evidence is verified: whole, and unchanged since it was signed.",
    ),
    Indication.TOTAL_FAILED: LocalText(
        kk="Айғақ файлы тексеруден ӨТПЕДІ: оған сенуге болмайды.",
        ru="Файл свидетельств НЕ прошёл проверку: полагаться на него нельзя.",
        en="The evidence FAILED verification: do not rely on it.",
    ),
    Indication.INDETERMINATE: _VERDICTS[Indication.INDETERMINATE],
}

_OF_OURS: Final = {ContainerKind.DOSSIER: _VERDICTS, ContainerKind.EVIDENCE: _EVIDENCE_VERDICTS}


def verdict_of(report: VerificationReport) -> LocalText:
    """The sentence for this kind of file."""
    return _OF_OURS.get(report.kind, _FOREIGN_VERDICTS)[report.indication]
