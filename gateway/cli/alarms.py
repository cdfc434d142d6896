"""``dalel alarms``: what is wrong, who took it up, and whether messages about it arrive."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from gateway.cli.frame import (
    DEFAULT_HOME,
    AsJson,
    CliLanguage,
    CommandFailed,
    Exit,
    Home,
    Lang,
    localized,
    operator,
    out,
    print_json,
    when,
)
from gateway.config.settings import Settings, load_settings
from gateway.domain.alarms.kinds import KINDS, Alarm, AlarmKind
from gateway.ports.alarms import LoadAlarm
from gateway.texts.codes import STEPS
from gateway.texts.letters import HAPPENINGS

if TYPE_CHECKING:
    from connectors.ports.notification import SendResult
    from gateway.domain.alarms.letter import Recipient
    from gateway.ports.alarms import AlarmDetail

app = typer.Typer(help="Alarms: what is wrong now, who took it up, whom it was told.", no_args_is_help=True)

Number = Annotated[int, typer.Argument(help="Number of an alarm, from the list.", min=1, show_default=False)]
_MOST = 500


@app.command(name="list")
def list_alarms(
    home: Home = DEFAULT_HOME,
    over: Annotated[bool, typer.Option("--over", help="Those that are over, newest first.")] = False,  # noqa: FBT002 - a flag
    kind: Annotated[AlarmKind | None, typer.Option(help="Of one kind only.")] = None,
    lang: Lang = CliLanguage.RU,
    as_json: AsJson = False,  # noqa: FBT002 - a flag
) -> None:
    """List alarms that are open, the worst first. Exit code 1 when nobody has acknowledged one of them.

    Example: dalel alarms list --lang en
    """
    from gateway.cli.store import read
    from gateway.ports.alarms import AlarmQuery, OpenAlarmQuery

    ended = AlarmQuery(is_open=False, kind=kind, limit=_MOST)
    lasting = OpenAlarmQuery(kind, limit=_MOST)
    alarms = read(
        load_settings(home),
        lambda store: store.run(ended) if over else store.run(lasting),
    )
    if as_json:
        print_json(alarms)
    elif alarms:
        out.print(_table(alarms, lang))
    else:
        out.print("No alarm was." if over else "No alarm is open.")
    is_unheeded = not over and any(one.acknowledged is None for one in alarms)
    raise typer.Exit(Exit.FAILED if is_unheeded else Exit.OK)


@app.command()
def show(number: Number, home: Home = DEFAULT_HOME, lang: Lang = CliLanguage.RU, as_json: AsJson = False) -> None:  # noqa: FBT002 - a flag
    """Tell one alarm: what it means, what helps, what happened, who was told with what result.

    Example: dalel alarms show 12 --lang en
    """
    from gateway.cli.store import read

    whole = read(load_settings(home), lambda store: store.run(LoadAlarm(number)))
    if whole is None:
        raise CommandFailed(f"There is no alarm {number}. See them with: dalel alarms list")
    if as_json:
        print_json(whole)
        return
    spec = KINDS[whole.alarm.kind]
    out.print(_table([whole.alarm], lang))
    out.print(f"{localized(spec.means, lang)}\n[bold]{localized(spec.helps, lang)}[/]\n")
    out.print(_story(whole, lang))


@app.command()
def ack(
    number: Number,
    reason: Annotated[str, typer.Option(help="Why; kept in the audit log.", show_default=False)],
    home: Home = DEFAULT_HOME,
) -> None:
    """Acknowledge an alarm: you have taken it up, and it is silent until it is over or gets worse.

    Example: dalel alarms ack 12 --reason "the akimat mends its gateway until six"
    """
    from gateway.cli.store import refused_words
    from gateway.ports.alarms import AckJob

    if not reason.strip():
        raise typer.BadParameter("the reason may not be empty", param_hint="--reason")
    settings, by = load_settings(home), operator()
    form = {"alarm": number, "by": by, "reason": reason.strip()}
    job = AckJob(number, by, reason.strip(), datetime.now(UTC))
    if against := refused_words(settings, "/alarms/acknowledge", form, job):
        raise CommandFailed(f"Nothing was changed: {against}. See: dalel alarms list")
    out.print(f"Acknowledged alarm {number}.")


@app.command(name="test")
def send_trial(home: Home = DEFAULT_HOME, as_json: AsJson = False) -> None:  # noqa: FBT002 - a flag
    """Send a message to every address and webhook of the settings now. Exit code 1 when one was not taken.

    Example: dalel alarms test --home /var/lib/dalel
    """
    settings = load_settings(home)
    results = asyncio.run(_send_all(settings))
    if not results:
        raise CommandFailed(f"Nobody is told of alarms. Name e-mail or webhooks under [alarms] in {home}/dalel.toml")
    if as_json:
        print_json([{"channel": to.channel, "to": to.to, "result": result} for to, result in results])
    else:
        for to, result in results:
            mark = "[green]taken[/]" if result.is_taken else "[red]not taken[/]"
            out.print(f"{mark} {to.channel} {escape(to.to)}: {escape(result.words)}", soft_wrap=True)
    raise typer.Exit(Exit.OK if all(result.is_taken for _, result in results) else Exit.FAILED)


async def _send_all(settings: Settings) -> list[tuple[Recipient, SendResult]]:
    from aiohttp import ClientSession

    from gateway.bootstrap.alarm_channels import letter_context, posts
    from gateway.domain.alarms.letter import trial

    now, whom = datetime.now(UTC), letter_context(settings)
    async with ClientSession() as session:
        out_there = posts(settings, session)
        number = int(now.timestamp())
        tried = (out_there.send(trial(whom, one, now), letter_id=number + n, at=now)
                 for n, one in enumerate(whom.recipients))  # fmt: skip
        return list(zip(whom.recipients, await asyncio.gather(*tried), strict=True))


def _table(alarms: Iterable[Alarm], lang: CliLanguage) -> Table:
    table = Table()
    for heading in ("№", "alarm", "of", "how loud", "how many", "since", "raised", "acknowledged by", "over"):
        table.add_column(heading)
    for one in alarms:
        by = f"{one.acknowledged.by}: {one.acknowledged.reason}" if one.acknowledged else ""
        count = "" if one.count is None else str(one.count)
        cells = (
            str(one.alarm_id), localized(KINDS[one.kind].name, lang), one.subject, localized(STEPS[one.level], lang),
            count,
            when(one.since), when(one.raised_at), by, when(one.cleared_at),
        )  # fmt: skip
        table.add_row(*map(escape, cells))
    return table


def _story(whole: AlarmDetail, lang: CliLanguage) -> Table:
    table = Table()
    for heading in ("when", "what", "how loud", "who was told"):
        table.add_column(heading)
    for step in whole.steps:
        result = [f"{one.channel} {one.recipient}: {one.state}{f' ({one.result})' if one.result else ''}"
                for one in whole.letters if one.step_id == step.step_id]  # fmt: skip
        by = f" {step.by}: {step.why}" if step.by else ""
        cells = (when(step.at), localized(HAPPENINGS[step.happening], lang) + by, localized(STEPS[step.level], lang))
        table.add_row(*map(escape, (*cells, "\n".join(result))))
    return table
