"""What the pages tell people to type does what they say."""

from __future__ import annotations

import subprocess
from contextlib import ExitStack
from pathlib import Path

import pytest
import yaml

from contracts.codec import parse_operation
from contracts.validate import require_rules, validate_operation
from contracts.xmlsafe import parse
from dossier.rehearsal.judging import judge
from dossier.rehearsal.play import play
from dossier.rehearsal.reading import read_scenario
from gateway.config.settings import SETTINGS_FILE, load_settings
from gateway.registry.parties_file import parse_parties
from tests.docs import shell
from tests.docs.pages import PAGES, ROOT, Block, blocks, name_of
from tests.unit.cli.test_parties_file import FORM

ALL = [block for page in PAGES for block in blocks(page)]
KNOWN = {
    "sh",
    "sh background",
    "python",
    "xml",
    "toml",
    "yaml",
    "yaml scenario",
    "mermaid",
    "",
    "bash step",
    "bash made",
    "bash check",
}
BY_RECIPE = ("diff ", "bash step", "bash made", "bash check")  # what test_recipes applies and runs
READY = "http://127.0.0.1:8460/health/ready"


def pages_with(language: str) -> list[Path]:
    return [page for page in PAGES if any(block.language == language for block in blocks(page))]


@pytest.mark.parametrize("page", pages_with("sh"), ids=name_of)
def test_every_command_of_a_page_runs_in_a_fresh_clone(page: Path, clone: Path, tmp_path: Path):
    with ExitStack() as beside:
        for number, block in enumerate(block for block in blocks(page) if block.language == "sh"):
            if block.info == "sh background":
                log = tmp_path / f"{number}.log"
                process = beside.enter_context(shell.running(block, clone, log))
                if "dalel serve" in block.code:
                    shell.await_answer(READY, process, log)
            else:
                shell.run(block, clone)  # raises, with what was printed, unless it exits with 0
    assert (clone / ".venv/bin/dalel").exists()


@pytest.mark.parametrize("page", pages_with("python"), ids=name_of)
def test_every_python_block_of_a_page_runs(page: Path, clone: Path):
    script = "\n".join(block.code for block in blocks(page) if block.language == "python")

    done = subprocess.run(
        [clone / ".venv/bin/python", "-W", "error", "-c", script],
        cwd=clone,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("block", [block for block in ALL if block.language == "xml"], ids=lambda b: name_of(b.page))
def test_every_message_shown_is_valid(block: Block):
    operation = parse(block.code.encode())

    validate_operation(operation)

    require_rules(parse_operation(operation).payload)  # these raise with every violation
    assert operation.tag.startswith("{urn:dalel:exchange:v1}")


@pytest.mark.parametrize("block", [block for block in ALL if block.language == "toml"], ids=lambda b: name_of(b.page))
def test_settings_shown_are_settings(block: Block, tmp_path: Path):
    (tmp_path / SETTINGS_FILE).write_text(block.code, encoding="utf-8")

    settings = load_settings(tmp_path)  # raises for a key that does not exist, and for a value that it cannot have
    assert settings.model_fields_set > {"home"}, "the block sets nothing"


@pytest.mark.parametrize("block", [block for block in ALL if block.info == "yaml"], ids=lambda b: name_of(b.page))
def test_parts_of_a_parties_file_shown_can_be_applied(block: Block):
    shown = yaml.safe_load(block.code)

    registry = parse_parties(yaml.safe_dump({**FORM, **shown}))  # raises with every problem

    assert all(getattr(registry, part) for part in shown.keys() - {"version"})


@pytest.mark.parametrize(
    "block", [block for block in ALL if block.info == "yaml scenario"], ids=lambda b: name_of(b.page)
)
def test_a_case_shown_comes_out_as_it_says(block: Block):
    scenario = read_scenario(block.code)  # raises for a key that is not known

    assert judge(play(scenario)) == ()
    assert any(step.expect for step in scenario.steps)


def test_no_block_is_of_a_kind_that_nothing_checks():
    read_by_code = ROOT / "docs/cli.md"

    assert {block.info for block in ALL if block.page != read_by_code and not block.info.startswith(BY_RECIPE)} <= KNOWN


def test_the_readme_shows_the_two_commands_as_they_are_typed():
    typed = [block.code.strip() for block in blocks(ROOT / "README.md") if block.language == "sh"]

    assert typed[:2] == ["make demo", "make test"]
