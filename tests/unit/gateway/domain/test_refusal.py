"""A refusal is a reason of a closed set; its words are for whoever asked, its line for the audit log names nobody."""

from __future__ import annotations

from string import Formatter

import pytest

from gateway.domain.refusal import ActRefusal, RefusalReason, refusal_of
from gateway.texts.refusals import REFUSALS


def filled(reason: RefusalReason) -> ActRefusal:
    return refusal_of(reason, **{name: f"<{name}>" for _, name, _, _ in Formatter().parse(REFUSALS[reason].en) if name})


@pytest.mark.parametrize("reason", RefusalReason)
def test_the_line_of_the_audit_log_names_no_user(reason: RefusalReason):
    line = filled(reason).line

    assert line
    assert "{" not in line
    if "user" in reason or reason in {
        RefusalReason.LAST_ADMINISTRATOR,
        RefusalReason.SAME_ROLE,
        RefusalReason.LINK_ENDED,
    }:
        assert "<name>" not in line


def test_words_are_in_three_languages_with_what_they_say_of_the_thing():
    refusal = refusal_of(RefusalReason.SAME_ROLE, name="aigul", role="auditor")

    assert refusal.text.en == "aigul: auditor already"
    assert refusal.text.ru == "aigul: уже auditor"
    assert refusal.line == "auditor already"
    assert refusal_of(RefusalReason.NO_USER, name="nobody").line == "no such user"
