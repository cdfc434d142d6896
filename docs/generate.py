"""Write the pages that are told by code: delivery states, error codes, alarms, commands, the API.

``python docs/generate.py`` writes them; with ``--check`` it writes nothing, names the pages that differ from what it
would write, and exits with 1.
"""

from __future__ import annotations

import html
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Final

from exchanges import exchanges_page

from contracts.codes import Code, Disposition, Fault
from contracts.remedies import Trouble, remedy_of, toolkits
from contracts.texts import text_of
from dossier.procedure.law.coverage import LawPart, announced_changes, law_parts
from dossier.procedure.law.rules import LawDuty, Reading, RowCertainty
from dossier.procedure.law.rules_file import CODE, load_rules
from dossier.procedure.wording import article_text
from gateway.api.describe import description
from gateway.domain.alarms.kinds import KINDS, AlarmKind, AlarmLimits
from gateway.domain.delivery.states import FINAL, TRANSITIONS, DeliveryState
from gateway.domain.reports.definitions import DEFINITIONS, RATE, Definition
from gateway.domain.reports.figures import Figure
from gateway.texts.codes import STEPS
from gateway.texts.reports import BASIS

FOLDER: Final = Path(__file__).parent
COMMAND: Final = re.compile(r"^\* `(\w+)`")
NOTE: Final = "<!-- Written by `make docs`; edit the code it is told by. -->\n"

BLAME: Final = {Fault.CLIENT: "the sender's", Fault.SERVER: "the exchange's"}
ADVICE: Final = {
    Disposition.RETRY: "send the same message again later",
    Disposition.REJECT: "mend it and send a new message",
    Disposition.PARK: "set it aside until a person has looked",
}


def states_page() -> str:
    """Diagram and table of ``gateway.domain.delivery.states.TRANSITIONS``."""
    common = frozenset.intersection(*(TRANSITIONS[state] for state in DeliveryState if state not in FINAL))
    return f"""# The states of a delivery

{NOTE}
Told by `TRANSITIONS` in [`gateway/domain/delivery/states.py`](../gateway/domain/delivery/states.py), where a comment
beside each move says who makes it. A move that is not here is refused by the store.

```mermaid
{_diagram(common)}
```

Every state that is not final may become {_words(common)}:
a signed receipt counts whenever it comes, and a named person may stop any delivery. The other moves:

| From | To |
|---|---|
{_rows(common)}
"""


def _diagram(common: frozenset[DeliveryState]) -> str:
    inner = [f"        {old} --> {new}" for old, new in _moves(common)]
    outer = [f"    unfinished --> {state}" for state in _ordered(common)]
    ends = [f"    {state} --> [*]" for state in _ordered(FINAL)]
    head = [
        "stateDiagram-v2",
        "    [*] --> unfinished",
        '    state "not final" as unfinished {',
        "        [*] --> pending",
    ]
    return "\n".join([*head, *inner, "    }", *outer, *ends])


def _moves(common: frozenset[DeliveryState]) -> list[tuple[DeliveryState, DeliveryState]]:
    return [(old, new) for old in DeliveryState for new in _ordered(TRANSITIONS[old] - common)]


def _rows(common: frozenset[DeliveryState]) -> str:
    return "\n".join(f"| `{state}` | {_words(TRANSITIONS[state] - common) or 'final'} |" for state in DeliveryState)


def _ordered(states: frozenset[DeliveryState]) -> list[DeliveryState]:
    return [state for state in DeliveryState if state in states]


def _words(states: frozenset[DeliveryState]) -> str:
    return ", ".join(f"`{state}`" for state in _ordered(states))


def codes_page() -> str:
    """Every code of contract v1 with blame, advice, and its text and cure in three languages."""
    return "\n".join(
        [
            "# Error codes of contract v1\n",
            NOTE,
            "A fault or error signal carries one of these. A code never changes its meaning; texts may improve. Act on",
            "the code and its disposition, show people the text.",
            "Told by [`contracts/codes.toml`](../contracts/codes.toml).\n",
            *(_code_section(code) for code in Code),
            *_remedies(),
        ]
    )


def _remedies() -> Iterator[str]:
    """What may be wrong with the form of a signature or request, and by what setting each toolkit mends it."""
    yield "# What is wrong with the form, and the setting that cures it\n"
    yield "`SignatureProfile`, `SignatureMissing` and `UnsupportedMediaType` name all of these that are there at once,"
    yield "in the three languages of the text; the violations give the place of each and the settings below. Told by"
    yield "[`contracts/remedies.toml`](../contracts/remedies.toml).\n"
    for trouble in Trouble:
        remedy = remedy_of(trouble)
        words = {language: getattr(remedy.text, language).replace("{found}", "…") for language in ("en", "ru", "kk")}
        yield f"## {trouble.value}\n\n{words['en']}\n\n- ru: {words['ru']}\n- kk: {words['kk']}\n"
    yield "## Settings by toolkit\n"
    for name, toolkit in toolkits().items():
        yield f"### {toolkit}\n\n| What is wrong | Setting |\n|---|---|"
        settings = {trouble: remedy_of(trouble).settings.get(name) for trouble in Trouble}
        yield "\n".join(f"| {trouble} | `{_cell(setting)}` |" for trouble, setting in settings.items() if setting)
        yield ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _code_section(code: Code) -> str:
    told = text_of(code)
    lines = [
        f"## {code.value}\n",
        f"{told.text.en} {told.cure.en}\n",
        f"- ru: {told.text.ru} {told.cure.ru}",
        f"- kk: {told.text.kk} {told.cure.kk}",
        f"- fault: {BLAME[told.fault]} · disposition `{told.disposition}`: {ADVICE[told.disposition]}\n",
    ]
    return "\n".join(lines)


def alarms_page() -> str:
    """Every kind of alarm: what it means, what helps, how loud, and the limit as it is by default."""
    return "\n".join(
        [
            "# Kinds of alarms\n",
            NOTE,
            "How alarms are set up, told and acknowledged is in the [manual](operating.md#alarms). Each is raised as",
            "loud as is said here (*warning*, *alarm*, *page*) and becomes louder while nobody acknowledges it.",
            "Limits are keys of `[alarms.limits]`.",
            "Told by `KINDS` and `Limits` in [`gateway/domain/alarms/kinds.py`](../gateway/domain/alarms/kinds.py).\n",
            *(_alarm_section(kind) for kind in AlarmKind),
        ]
    )


def _alarm_section(kind: AlarmKind) -> str:
    spec = KINDS[kind]
    lines = [
        f"## {kind.value}\n",
        f"**{spec.name.en}.** {spec.means.en} {spec.helps.en}\n",
        f"- ru: **{spec.name.ru}.** {spec.means.ru} {spec.helps.ru}",
        f"- kk: **{spec.name.kk}.** {spec.means.kk} {spec.helps.kk}",
        f"- raised as *{STEPS[spec.severity].en}*, at its loudest *{STEPS[spec.loudest].en}*; limit: {_limit(kind)}\n",
    ]
    return "\n".join(lines)


def _limit(kind: AlarmKind) -> str:
    """The key and its default."""
    name = KINDS[kind].limit
    if name is None:
        return OTHER_LIMITS.get(kind, "any")
    default = getattr(AlarmLimits(), name)
    if isinstance(default, timedelta):
        return f"`{name}_s = {default.total_seconds():g}`"
    return f"`{name} = {list(default) if isinstance(default, tuple) else default}`"


def commands_page() -> str:
    """The command line as it describes itself."""
    command = [sys.executable, "-m", "typer", "gateway.cli", "utils", "docs", "--name", "dalel", "--title", "Commands"]
    plain = {**os.environ, "COLUMNS": "100", "NO_COLOR": "1", "TERM": "dumb"}
    run = subprocess.run(command, env=plain, cwd=FOLDER.parent, capture_output=True, text=True, check=False)  # noqa: S603 - ourselves
    if run.returncode:
        sys.exit(f"the command line does not describe itself:\n{run.stderr}")
    title, _, rest = html.unescape(run.stdout).partition("\n")
    return f"{title}\n\n{NOTE}\n" + "\n".join(_linked(rest.strip().splitlines())) + "\n"


def _linked(lines: list[str]) -> Iterator[str]:
    """Lists of commands lead to their sections; their cut short help would say it twice, and worse."""
    section, among_commands = "dalel", False
    for line in lines:
        if line.startswith("## "):
            section = line.strip("# `")
        if line.startswith("**"):
            among_commands = line.startswith("**Commands**")
        command = COMMAND.match(line) if among_commands else None
        yield _link(f"{section} {command[1]}") if command else line.rstrip()


def _link(command: str) -> str:
    return f"* [`{command}`](#{command.replace(' ', '-')})"


def openapi_page() -> str:
    """The API's description, as it is served."""
    return json.dumps(description(), ensure_ascii=False, indent=1) + "\n"


def reports_page() -> str:
    """Every figure of the reports as ``gateway.texts.reports`` defines it, in three languages."""
    return "\n".join(
        [
            "# Figures of the reports\n",
            NOTE,
            "What each figure of the [reports](operating.md#reports) counts, in the words of the console, of",
            "`dalel report` and of their CSV, whose headings are the codes here.",
            "Told by [`gateway/texts/reports.toml`](../gateway/texts/reports.toml).\n",
            f"{BASIS.en}\n",
            *(_figure_section(figure.value, DEFINITIONS[figure]) for figure in Figure),
            _figure_section("%", RATE),
        ]
    )


def _figure_section(code: str, told: Definition) -> str:
    article = f" {article_text(told.article).en}." if told.article else ""
    lines = [
        f"## `{code}`: {told.name.en}\n",
        f"{told.meaning.en}{article}\n",
        f"- ru: {told.name.ru}. {told.meaning.ru}",
        f"- kk: {told.name.kk}. {told.meaning.kk}\n",
    ]
    return "\n".join(lines)


LAW_INTRO: Final = """\
Each part of the Administrative Procedure and Process Code that gives a party of the exchange a term, a duty, a right
or a consequence in an appeal, a complaint or a case, in the words of the edition of February 2026; and what carries it
here, or why nothing does. Told by [`coverage.toml`](../dossier/procedure/law/coverage.toml).

| АППК | For | Gives | In the words of the Code | Carried by |
|---|---|---|---|---|"""
LAW_OPEN: Final = """
## What the text leaves open

Both readings are data ([`readings.toml`](../dossier/procedure/law/readings.toml)); the one that is followed is in bold.
A rules file [of your own](operating.md#law-of-your-own) chooses another: `[readings]`, then `key = "option"`.

| Key | АППК | Question | Readings |
|---|---|---|---|"""
LAW_UNSURE: Final = """
## To be confirmed by a lawyer

Rows of the rules that were not read in the text of an article, or apply by analogy:
"""
LAW_CHANGES: Final = """
Law 241-VIII of 17 December 2025 is in force ten calendar days after its first official publication; its rows begin on
29 December 2025, which is inferred. The text announces later wordings, which it does not hold:
"""


def law_page() -> str:
    """The Code, part by part, from ``coverage.toml``; then the rules' open questions and what is to be confirmed."""
    rules = load_rules(CODE)
    direct = [row for row in rules.pretrial if not row.required]
    lines = [
        "# The law, part by part\n",
        NOTE,
        LAW_INTRO,
        *map(_law_row, law_parts()),
        LAW_OPEN,
        *map(_reading_row, rules.readings.values()),
        LAW_UNSURE,
        *(_unsure_row(row) for row in rules.duties if row.source is not RowCertainty.TEXT),
        "\nWhere a subject goes straight to court, the law that opens it:\n",
        *(f"- `{row.subject}`: {row.law or '**to be confirmed**'}" for row in direct),
        LAW_CHANGES,
        *(f"- {each.cite}: Law {each.law} of {each.signed}, {each.begins}" for each in announced_changes()),
    ]
    return "\n".join(lines) + "\n"


def _unsure_row(row: LawDuty) -> str:
    kind = row.appeal or "every kind"
    return f"- `{row.key}` for {kind}, subject `{row.subject}`, {row.article}: {row.length} {row.unit}"


def _law_row(part: LawPart) -> str:
    carried = ", ".join(f"`{each}`" for each in part.by) or f"Not carried: {part.why_not}"
    return f"| {part.cite} | {part.whom} | {part.gives} | {part.text or 'the article as a whole'} | {carried} |"


def _reading_row(reading: Reading) -> str:
    options = [f"`{key}`: {text.en}" for key, text in reading.options.items()]
    shown = [f"**{each}**" if each.startswith(f"`{reading.value}`") else each for each in options]
    return (
        f"| `{reading.key}` | {reading.article.removeprefix('АППК ')} | {reading.question.en} | {'<br>'.join(shown)} |"
    )


OTHER_LIMITS: Final = {
    AlarmKind.OLDEST_OVER: "`warn_after_s`, `alarm_after_s` and `page_after_s` of the party's agreement, as loud each",
    AlarmKind.BREAKER_OPEN: "`breaker_after` of the party's agreement",
}

PAGES: Final[Mapping[str, Callable[[], str]]] = {
    "states.md": states_page,
    "codes.md": codes_page,
    "exchanges.md": exchanges_page,
    "alarms.md": alarms_page,
    "cli.md": commands_page,
    "openapi.json": openapi_page,
    "reports.md": reports_page,
    "law.md": law_page,
}


def main(arguments: list[str]) -> int:
    """Write the pages, or check them."""
    stale = {name: page for name, make in PAGES.items() if (page := make()) != _written(name)}
    if "--check" in arguments:
        for name in stale:
            print(f"docs/{name} is not what the code says; run: make docs")
        return 1 if stale else 0
    for name, page in stale.items():
        (FOLDER / name).write_text(page, encoding="utf-8")
        print(f"wrote docs/{name}")
    return 0


def _written(name: str) -> str | None:
    path = FOLDER / name
    return path.read_text(encoding="utf-8") if path.exists() else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
