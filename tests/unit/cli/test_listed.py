"""``dalel list`` narrows in the words of the page and answers in those of the API."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gateway.cli.frame import Exit
from gateway.cli.listed import ListKey
from gateway.lists.all import LISTS
from tests.unit.cli.conftest import Run


def test_every_list_that_is_described_has_a_name_here():
    assert sorted(ListKey) == sorted(listing.key for listing in LISTS)


@pytest.mark.parametrize("what", ListKey)
def test_a_list_of_a_new_house_is_told_to_people_and_in_json_to_a_script(run: Run, home: Path, what: ListKey):
    assert run("list", what, "--home", home).code == 0
    listed = json.loads(run("list", what, "limit=50", "--json", "--home", home).out)
    first = listed["items"][0] if listed["items"] else {}
    there = {ListKey.AUDIT: "registry.applied", ListKey.PARTIES: "akim-almaty", ListKey.CERTIFICATES: "akim-almaty"}
    assert first.get("act", first.get("party_id")) == there.get(what)
    assert listed["after"] is None


def test_what_the_list_does_not_know_is_refused_with_what_it_knows(run: Run, home: Path):
    refused = run("list", "refusals", "code=Nonsense", "--home", home)
    assert (refused.code, "code" in refused.err, "within" in refused.err) == (Exit.USAGE, True, True)
    assert run("list", "refusals", "code", "--home", home).code == Exit.USAGE
