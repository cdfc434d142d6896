"""Settings about alarms: what the file says is what the rules get; what could go wrong is refused when it is read."""

from __future__ import annotations

import base64
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from gateway.config.alarm_settings import AlarmSettings, webhook_secret
from gateway.config.settings import SETTINGS_FILE, SettingsError, load_settings
from gateway.domain.alarms.kinds import AlarmLimits
from gateway.domain.alarms.letter import AlarmChannel, Recipient
from gateway.domain.alarms.rule import AlarmRhythm
from gateway.domain.delivery.escalation import EscalationStep
from signing.errors import KeyUnusable

MAIL = {"host": "smtp.example.kz", "sender": "d@example.kz", "to": [{"address": "duty@example.kz"}]}
HOOK = {"name": "pager", "url": "https://pager.kz/x", "secret_file": "s"}


def test_without_a_word_the_defaults_are_those_of_the_rules():
    stated = AlarmSettings()
    assert stated.limits.limits() == AlarmLimits()
    assert stated.rhythm() == AlarmRhythm()
    assert list(stated.recipients()) == []


def test_what_is_said_reaches_the_rules():
    stated = AlarmSettings(
        quiet_s=60,
        limits={"silent_for_s": 90, "certificate_days": [3]},
        mail=MAIL,
        webhooks=[{**HOOK, "level": "page"}],
    )  # type: ignore[arg-type]
    assert stated.limits.limits().silent_for == timedelta(seconds=90)
    assert stated.limits.limits().certificate_days == (3,)
    assert stated.rhythm().quiet == timedelta(minutes=1)
    assert list(stated.recipients()) == [
        Recipient(AlarmChannel.MAIL, "duty@example.kz", "ru", EscalationStep.WARN),
        Recipient(AlarmChannel.WEBHOOK, "pager", "ru", EscalationStep.PAGE),
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"mail": {**MAIL, "to": []}},
        {"mail": {**MAIL, "to": [{"address": "duty@example.kz\r\nBcc: all@example.kz"}]}},
        {"mail": {**MAIL, "to": [{"address": "nobody"}]}},
        {"mail": {**MAIL, "to": [{"address": "a@b.kz, c@d.kz"}]}},
        {"mail": {**MAIL, "sender": "Dälel <d@example.kz>"}},
        {"mail": {**MAIL, "security": "none"}},
        {"mail": {**MAIL, "user": "dalel"}},
        {"mail": {**MAIL, "host": "smtp.kz\r\nx"}},
        {"webhooks": [{**HOOK, "url": "file:///etc/passwd"}]},
        {"webhooks": [{**HOOK, "url": "https://a:b@pager.kz/"}]},
        {"webhooks": [HOOK, HOOK]},
        {"webhooks": [{**HOOK, "name": "A b"}]},
        {"limits": {"silent_for_s": 0}},
        {"unknown": 1},
    ],
)
def test_what_could_go_wrong_is_refused(wrong: dict[str, Any]):
    with pytest.raises(ValidationError):
        AlarmSettings(**wrong)


def test_a_key_that_is_wrong_is_named_with_its_section(tmp_path: Path):
    (tmp_path / SETTINGS_FILE).write_text("[alarms.limits]\nrefusals = 0\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"key alarms\.limits\.refusals: "):
        load_settings(tmp_path)


def test_a_secret_is_read_with_or_without_its_prefix_and_shown_in_no_error(tmp_path: Path):
    file, text = tmp_path / "s", base64.b64encode(bytes(range(32))).decode()
    for written in (text, f"whsec_{text}\n"):
        file.write_text(written, encoding="ascii")
        file.chmod(0o600)
        assert webhook_secret(file) == bytes(range(32))
    for wrong in ("whsec_c2hvcnQ=", "whsec_not base64 at all, I fear, not at all"):
        file.write_text(wrong, encoding="ascii")
        with pytest.raises(KeyUnusable) as reported:
            webhook_secret(file)
        assert wrong.removeprefix("whsec_") not in str(reported.value)
    file.chmod(0o644)
    with pytest.raises(KeyUnusable):
        webhook_secret(file)
