"""``dalel demo``: one appeal, played through separate processes, from the citizen to the court's question.

Kept, it goes on to a bad day, and leaves it to be looked at in the console.
"""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from gateway.cli.demo import words
from gateway.cli.frame import CliLanguage, CommandFailed, Lang, err, localized, out

if TYPE_CHECKING:
    from gateway.cli.demo.processes import Processes
    from gateway.cli.demo.stagehand import DemoStage

Folder = Annotated[Path, typer.Option("--out", help="Where everything is laid; an earlier demo's is replaced.")]


def demo(
    folder: Folder = Path("demo-out"),
    lang: Lang = CliLanguage.RU,
    keep: Annotated[  # noqa: FBT002 - a flag
        bool, typer.Option("--keep", help="Leave the console and all processes running at the end, until Ctrl-C.")
    ] = False,
) -> None:
    """Play one appeal through seven processes: a missed term, a silent body, a court that is down, a proved dossier.

    Needs no installation and no network, takes about 40 seconds, leaves nothing running. Example: dalel demo --lang en

    With --keep deliveries get stuck after that, and the console's address and a login for each role are printed.
    """
    import aiohttp

    from gateway.cli.demo.processes import Processes
    from gateway.cli.demo.stagehand import own_environment, set_stage
    from gateway.cli.demo.watch import StageFailed

    stage = set_stage(folder.absolute())
    with own_environment(stage, console=keep), Processes(stage.logs) as processes:
        try:
            asyncio.run(_until_stopped(_play(stage, processes, lang, keep=keep)))
        except (StageFailed, aiohttp.ClientError, TimeoutError) as failure:
            _tell_logs(processes)
            text = f"The demo did not come to its end: {_reason(processes, failure)}. All logs: {stage.logs}"
            raise CommandFailed(text) from failure
        except asyncio.CancelledError as stopped:
            raise CommandFailed("The demo was stopped; its processes are ended.") from stopped


async def _until_stopped(play: Coroutine[None, None, None]) -> None:
    """A signal becomes a cancellation, so that every exit goes the same way and ends the processes."""
    task = asyncio.ensure_future(play)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    await task


async def _kept(language: CliLanguage) -> None:
    """Until somebody has looked enough: to be told so here is the end that was meant."""
    out.print(f"[bold]{localized(words.KEPT, language)}[/]", soft_wrap=True)
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        out.print(localized(words.ENDED, language))


async def _play(stage: DemoStage, processes: Processes, language: CliLanguage, *, keep: bool) -> None:
    import aiohttp

    from dossier.procedure.decide import load_law
    from gateway.cli.demo.closing import close
    from gateway.cli.demo.kept import open_to_all
    from gateway.cli.demo.proof import prove
    from gateway.cli.demo.stagehand import PartyControl, build
    from gateway.cli.demo.story import DemoStory
    from gateway.cli.demo.watch import HANGS_AFTER_S, AppealWatcher
    from gateway.cli.store import reader
    from gateway.config.settings import load_settings

    started = time.monotonic()
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=HANGS_AFTER_S)) as session:
        story = DemoStory(stage, processes, PartyControl(session, stage, processes), out, language)
        with story.scene(words.BUILD):
            await asyncio.to_thread(build, stage)
        await story.start()
        async with reader(load_settings(stage.home)) as store:
            watch = AppealWatcher(store, processes, out, language)
            sight = await story.to_the_answer(watch)
            await story.to_the_court(watch, sight.history.appeal_number)
            await story.to_the_case_number(watch)
            sight, notices = await story.to_the_supplement(watch, sight.history.appeal_number)
            with story.scene(words.PROVE):
                proof = await prove(stage, sight, language)
            if keep:
                await story.to_a_bad_day(watch)
    label = load_law("sandbox-seconds").rules.label
    seconds = time.monotonic() - started
    close(out, language, sight=sight, notices=notices, proof=proof, label=label, seconds=seconds)
    if keep:
        out.print(await asyncio.to_thread(open_to_all, stage, language))
        await _kept(language)


def _reason(processes: Processes, failure: Exception) -> str:
    """A process that died is the reason, whatever its silence made others say first."""
    ended = [f"{process.name} ended with code {process.child.returncode}" for process in processes.ended()]
    return ", ".join(ended) or str(failure) or type(failure).__name__


def _tell_logs(processes: Processes) -> None:
    """Which process said what, last."""
    for process in processes.all():
        code = process.child.poll()
        state = "running" if code is None else f"ended with code {code}"
        err.print(f"[bold]{process.name}[/] ({state}, {process.log})")
        for line in process.last_words():
            err.print(f"  {escape(line)}")
