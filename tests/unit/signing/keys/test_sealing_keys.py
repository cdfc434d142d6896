"""Which keys seal: those whose signatures every judge's program reads."""

from datetime import UTC, datetime

import pytest

from signing.errors import KeyUnusable
from signing.keys.keypair import SignatureAlgorithm, SoftwareKey
from signing.xades.container import build_signature
from tests.worlds.signing import forge


@pytest.mark.parametrize("kind", ["RSA-2048", "RSA-PSS"])
def test_a_key_that_signs_with_pss_seals_nothing_and_says_so(kind):
    key = SoftwareKey(forge.key(kind).private_key, forge.key(kind).certificate, SignatureAlgorithm.RSA_PSS_SHA256)
    with pytest.raises(KeyUnusable, match="does not seal"):
        build_signature([], key, signed_at=datetime(2026, 11, 24, tzinfo=UTC))
