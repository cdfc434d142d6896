"""Ids that the exchange mints: in order of time, in the form of the contract, each once."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from gateway.process.ambient import RandomIds

IDS = RandomIds()
MINTED = {"messages": IDS.message_id, "conversations": IDS.conversation_id}


@pytest.mark.parametrize("mint", MINTED.values(), ids=MINTED)
def test_ids_minted_one_after_another_sort_in_that_order_and_none_comes_twice(mint):
    minted = [mint() for _ in range(10_000)]
    assert minted == sorted(set(minted))


@pytest.mark.parametrize("mint", MINTED.values(), ids=MINTED)
def test_an_id_is_a_uuid_of_version_7_as_the_contract_spells_it(mint):
    minted = mint()
    read = uuid.UUID(minted)
    assert str(read) == minted
    assert (read.version, read.variant) == (7, uuid.RFC_4122)
    made_at = datetime.fromtimestamp((read.int >> 80) / 1000, UTC)
    assert abs(datetime.now(UTC) - made_at) < timedelta(minutes=1)
