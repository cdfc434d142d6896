"""The scaffold writes what is not there, registers it, and touches nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.new import ROOT, main

CONTRACT = 'forbidden_modules = ["connectors.mailbox", "connectors.soap"]\n'
CHANNELS = 'class Channel(StrEnum):\n    """How."""\n\n    PUSH = "push"\n    MAILBOX = "mailbox"\n\n    @property\n'


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text(CONTRACT, encoding="utf-8")
    return tmp_path


def test_a_connector_is_a_folder_with_tests_and_one_registration(tree: Path, capsys: pytest.CaptureFixture[str]):
    assert main(tree, ["connector", "fax"]) == 0

    written = {line.removeprefix("wrote ") for line in capsys.readouterr().out.splitlines() if line.startswith("wrote")}
    assert written == {
        "connectors/fax/__init__.py",
        "connectors/fax/caller.py",
        "tests/unit/connectors/test_fax.py",
        "pyproject.toml",
    }
    assert "class FaxCaller" in (tree / "connectors/fax/caller.py").read_text(encoding="utf-8")
    assert '["connectors.fax", "connectors.mailbox"' in (tree / "pyproject.toml").read_text(encoding="utf-8")


def test_where_connectors_are_found_by_channel_it_registers_one(tree: Path):
    (tree / "connectors").mkdir()
    (tree / "connectors/channel.py").touch()
    (tree / "contracts").mkdir()
    (tree / "contracts/party.py").write_text(CHANNELS, encoding="utf-8")

    assert main(tree, ["connector", "fax"]) == 0

    assert '"mailbox"\n    FAX = "fax"\n\n    @' in (tree / "contracts/party.py").read_text(encoding="utf-8")
    assert "Channel.FAX" in (tree / "connectors/fax/channel.py").read_text(encoding="utf-8")


def test_what_is_there_is_not_overwritten(tree: Path, capsys: pytest.CaptureFixture[str]):
    main(tree, ["connector", "fax"])
    before = (tree / "pyproject.toml").read_bytes()

    assert main(tree, ["connector", "fax"]) == 1
    assert "already" in capsys.readouterr().err
    assert (tree / "pyproject.toml").read_bytes() == before


@pytest.mark.parametrize("name", ["Fax", "../fax", "f", "fax machine"])
def test_a_name_that_is_none_is_refused(tree: Path, name: str):
    assert main(tree, ["connector", name]) == 1
    assert not (tree / "connectors").exists()


PLACES = ("contracts/xsd/exchange.xsd", "dossier/xsd/dossier.xsd", "contracts/payloads.py", "contracts/operations.py")


@pytest.fixture
def contract(tmp_path: Path) -> Path:
    for path in PLACES:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes((ROOT / path).read_bytes())
    return tmp_path


def test_an_operation_comes_behind_the_last_of_its_service(contract: Path):
    assert main(contract, ["operation", "NameUnit", "agency"]) == 0

    schema, dossier, payloads, operations = ((contract / path).read_text(encoding="utf-8") for path in PLACES)
    assert 'value="ReportIncident"/>\n      <xs:enumeration value="NameUnit"/>' in schema
    assert 'value="ReportIncident"/>\n      <xs:enumeration value="NameUnit"/>' in dossier
    assert schema.index('element name="NameUnitResponse"') < schema.index('element name="ReportCase"')
    assert payloads.count("\nclass NameUnit(CaseRequest):\n") == 1
    assert operations.index("p.ReportIncident") < operations.index("p.NameUnit") < operations.index("p.ReportCase")


@pytest.mark.parametrize(
    ("name", "service", "why"),
    [("nameUnit", "agency", "no name"), ("Reply", "court", "already"), ("NameUnit", "mayor", "no service")],
)
def test_an_operation_that_is_none_changes_nothing(contract: Path, capsys, name: str, service: str, why: str):
    assert main(contract, ["operation", name, service]) == 1

    assert why in capsys.readouterr().err
    assert all((contract / path).read_bytes() == (ROOT / path).read_bytes() for path in PLACES)
