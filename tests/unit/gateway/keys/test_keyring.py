"""Keys are replaced while the exchange runs, and never by anything worse than what is in force."""

import os
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from connectors.sandbox.authorities.ca import SandboxAuthority, Usage
from gateway.keys.keyring import HeldKey, Keyring
from gateway.keys.place import KeyPlace
from signing.errors import KeyUnusable
from signing.keys.files import Password, write_certificate, write_pair, write_private_key
from tests.worlds.clocks import SteppedClock


@pytest.fixture
def clock():
    return SteppedClock()


@pytest.fixture
def issue(clock):
    authority = SandboxAuthority.create("Test CA", now=clock.now())

    def issued(*, after=timedelta(0), days=30):
        return authority.issue(
            "Dälel", bin="210640004156", usage=Usage.MESSAGE, now=clock.now() + after, days=days, key_kind="P-256"
        )

    return issued


@pytest.fixture
def place(tmp_path):
    return KeyPlace.of("message", tmp_path / "exchange.key", tmp_path / "exchange.pem", Password())


@pytest.fixture
def old(issue, tmp_path):
    key = issue()
    write_pair(tmp_path, "exchange", key)
    return key


@pytest.fixture
def held(place, clock, old):
    return HeldKey(place, clock=clock)


async def test_a_replaced_pair_is_in_force_at_the_next_look(held, old, issue, tmp_path):
    fresh = issue()
    assert held() == old

    write_pair(tmp_path, "exchange", fresh)
    await held.look()

    assert held() == fresh
    assert held.state.trouble is None


async def test_a_look_at_unchanged_files_reads_nothing(held, tmp_path):
    before = held()
    times = (tmp_path / "exchange.key").stat()
    (tmp_path / "exchange.key").write_bytes(b"x" * times.st_size)
    os.utime(tmp_path / "exchange.key", ns=(times.st_atime_ns, times.st_mtime_ns))

    await held.look()

    assert held() is before
    assert held.state.trouble is None


async def test_a_half_replaced_pair_leaves_the_old_one_until_the_other_half_comes(held, old, issue, tmp_path):
    fresh = issue()

    write_private_key(tmp_path / "exchange.key", fresh)
    await held.look()
    assert held() == old
    assert "does not belong" in held.state.trouble

    write_certificate(tmp_path / "exchange.pem", fresh.certificate)
    await held.look()
    assert held() == fresh
    assert held.state.trouble is None


@pytest.mark.parametrize("spoilt", ["exchange.key", "exchange.pem"])
@pytest.mark.parametrize("how", ["cut", "gone", "open"])
async def test_a_broken_file_never_replaces_a_good_key(held, old, tmp_path, spoilt, how):
    file = tmp_path / spoilt
    if how == "cut":
        file.write_bytes(file.read_bytes()[:40])
    elif how == "gone":
        file.unlink()
    else:
        file.chmod(0o644)
        file.touch()

    await held.reload()

    assert held() == old
    assert (held.state.trouble is not None) == (how != "open" or spoilt == "exchange.key")  # certificates are public


@pytest.mark.parametrize(("after", "days"), [(timedelta(days=2), 30), (timedelta(days=-40), 30)])
async def test_a_certificate_that_is_not_valid_now_waits(held, old, issue, tmp_path, after, days):
    write_pair(tmp_path, "exchange", issue(after=after, days=days))

    await held.look()

    assert held() == old
    assert "not now" in held.state.trouble


async def test_what_waited_for_its_first_day_signs_from_then_on(held, issue, tmp_path, clock):
    fresh = issue(after=timedelta(days=2))
    write_pair(tmp_path, "exchange", fresh)
    await held.look()

    clock.advance(days=2)
    await held.look()

    assert held() == fresh


async def test_a_certificate_that_peers_cannot_know_waits_until_it_is_registered(place, clock, old, issue, tmp_path):
    registered = {old.certificate}
    held = HeldKey(place, clock=clock, is_ours=registered.__contains__)
    fresh = issue()
    write_pair(tmp_path, "exchange", fresh)

    await held.look()
    assert held() == old
    assert "not registered as ours" in held.state.trouble

    registered.add(fresh.certificate)
    await held.look()
    assert held() == fresh


async def test_each_trouble_is_logged_once_however_often_it_is_met(held, tmp_path):
    (tmp_path / "exchange.pem").unlink()

    with capture_logs() as logged:
        for _ in range(3):
            await held.look()

    assert [line["event"] for line in logged].count("key.not_replaced") == 1


def test_without_any_good_pair_nothing_starts(place, clock):
    with pytest.raises(KeyUnusable, match=r"exchange\.key"):
        HeldKey(place, clock=clock)


async def test_both_keys_are_looked_after_apart(place, clock, old, issue, tmp_path):
    write_pair(tmp_path, "seal", issue())
    seal = KeyPlace.of("seal", tmp_path / "seal.key", tmp_path / "seal.pem", Password())
    ring = Keyring(HeldKey(place, clock=clock), HeldKey(seal, clock=clock))
    fresh = issue()
    write_pair(tmp_path, "seal", fresh)
    (tmp_path / "exchange.pem").unlink()

    await ring.look()

    assert ring.message() == old
    assert ring.seal() == fresh
    assert [state.trouble is None for state in await ring.reload()] == [False, True]
