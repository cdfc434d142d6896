"""Every attack on a signed message is refused by both engines, each with its own code.

The attacks are in ``attacks`` and its neighbours, the files in ``tests/vectors/wss``.
"""

from datetime import timedelta

import pytest

from contracts.codes import Code
from contracts.errors import NotReadable
from signing.errors import SignatureRefused
from signing.profile import general, strict
from signing.profile.verification import ReadEnvelope, VerifiedEnvelope
from signing.profile.writing import sign_envelope
from tests.worlds.signing import forge
from tests.worlds.signing.forge import one, redigest, resign
from tests.worlds.signing.vectors import FOLDER, FOLDERS, INDEX, index, made, written

VECTORS = index()
HOSTILE = [vector for vector in VECTORS if vector.code is not None]
HONEST = [vector for vector in VECTORS if vector.file.startswith("honest/")]
FOREIGN = [vector for vector in VECTORS if vector.file.startswith("foreign/")]


def test_the_files_are_as_the_script_writes_them():
    fresh = list(made())
    assert INDEX.read_text(encoding="utf-8") == written([vector for vector, _ in fresh])
    for vector, data in fresh:
        assert vector.data == data, vector.file
    files = {str(path.relative_to(FOLDER)) for kind in FOLDERS for path in (FOLDER / kind).iterdir()}
    assert files == {vector.file for vector, _ in fresh}


def test_there_are_more_than_a_hundred_hostile_messages_each_named_once():
    assert len(HOSTILE) > 250
    assert len({vector.file for vector in VECTORS}) == len(VECTORS)


@pytest.mark.parametrize("vector", HOSTILE, ids=lambda vector: vector.file)
def test_the_attack_is_refused(vector):
    """Read by a plain parser, so that the engines stand alone: no second line behind them."""
    assert forge.verdict(general, forge.read(vector.data)) is vector.code
    assert forge.verdict(strict, forge.read(vector.data)) in {None, vector.code}
    with pytest.raises(SignatureRefused) as refusal:
        forge.judge(vector.data)
    assert refusal.value.code is vector.code


@pytest.mark.parametrize("vector", HOSTILE, ids=lambda vector: vector.file)
def test_the_attack_is_refused_on_the_road_that_messages_take(vector):
    try:
        envelope = ReadEnvelope.of(vector.data)
    except NotReadable:
        return
    assert forge.verdict(general, envelope) is vector.code


@pytest.mark.parametrize("vector", HONEST, ids=lambda vector: vector.file)
def test_the_honest_message_is_taken_by_both_engines_with_one_result(vector):
    strictly, generally = (forge.verdict(engine, ReadEnvelope.of(vector.data)) for engine in (strict, general))
    assert isinstance(strictly, VerifiedEnvelope)
    assert strictly == generally
    assert strictly.content == forge.CONTENT


@pytest.mark.parametrize("vector", FOREIGN, ids=lambda vector: vector.file)
def test_what_other_toolkits_write_is_taken_and_means_the_same(vector):
    assert forge.verdict(strict, ReadEnvelope.of(vector.data)) is None
    generally = forge.verdict(general, ReadEnvelope.of(vector.data))
    assert isinstance(generally, VerifiedEnvelope)
    assert generally.content == forge.CONTENT


def test_the_strict_engine_judges_attacks_itself_and_not_only_leaves_them():
    judged = [vector for vector in HOSTILE if forge.verdict(strict, forge.read(vector.data)) is not None]
    assert {vector.code for vector in judged} == {
        Code.SIGNATURE_PROFILE,
        Code.SIGNATURE_INVALID,
        Code.BODY_TAMPERED,
        Code.UNKNOWN_SIGNER,
        Code.TIMESTAMP_EXPIRED,
        Code.TIMESTAMP_IN_FUTURE,
    }


@pytest.mark.parametrize(
    ("created", "expires"),
    [
        ("2026-11-24T09:00:00Z", "2026-11-24T10:00:01Z"),
        ("2026-11-24T09:00:00Z", "2026-11-24T09:00:00Z"),
        ("2026-11-24T09:00:00", "2026-11-24T09:05:00"),
        ("2026-11-24", "2026-11-25"),
        ("2026-02-30T09:00:00Z", "2026-11-24T09:05:00Z"),
        ("", ""),
    ],
)
def test_a_timestamp_that_is_open_to_interpretation_is_refused(created, expires):
    root = forge.honest()
    one(root, "//wsu:Created").text, one(root, "//wsu:Expires").text = created, expires
    redigest(root, one(root, "//wsu:Timestamp"), "timestamp")
    with pytest.raises(SignatureRefused) as refusal:
        forge.judge(resign(root))
    assert refusal.value.code is Code.SIGNATURE_PROFILE


def test_a_lifetime_longer_than_an_hour_is_refused_though_honestly_signed():
    message = sign_envelope(forge.CONTENT, forge.key(), now=forge.NOW, lifetime=timedelta(hours=2))
    with pytest.raises(SignatureRefused) as refusal:
        forge.judge(message)
    assert refusal.value.code is Code.SIGNATURE_PROFILE
