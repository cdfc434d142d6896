"""The demo waits for what is to come as long as it takes, and for what hangs no longer than that."""

import asyncio
import sys

import pytest

from gateway.cli.demo import proof, watch
from gateway.cli.demo.stagehand import DemoStage
from gateway.cli.frame import CliLanguage, out


async def test_a_verification_that_hangs_fails_and_is_over_with_its_pipes_before_the_event_loop(tmp_path, monkeypatch):
    hanging = tmp_path / "python"
    hanging.write_text("#!/bin/sh\nexec sleep 3600\n", encoding="ascii")
    hanging.chmod(0o700)
    started, children = asyncio.create_subprocess_exec, []

    async def noted(*command, **terms):
        children.append(await started(*command, **terms))
        return children[-1]

    monkeypatch.setattr(sys, "executable", str(hanging))
    monkeypatch.setattr(asyncio, "create_subprocess_exec", noted)
    monkeypatch.setattr(proof, "HANGS_AFTER_S", 0.01)

    with pytest.raises(watch.StageFailed, match="did not end"):
        await proof._verify(DemoStage(tmp_path, 0, {}), tmp_path / "dossier.asice", CliLanguage.EN)

    (child,) = children
    assert child.returncode is not None
    assert child.stdout.at_eof()


class NothingHappens:
    def ended(self):
        return []

    async def run(self, _operation):
        return []


async def test_what_never_comes_fails_with_what_was_waited_for(monkeypatch):
    monkeypatch.setattr(watch, "HANGS_AFTER_S", 0.01)
    waiting = watch.AppealWatcher(NothingHappens(), NothingHappens(), out, CliLanguage.EN)

    with pytest.raises(watch.StageFailed, match="a case number"):
        await waiting.until(lambda _: True, what="a case number")
