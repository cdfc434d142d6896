"""``dalel doctor``: one module per check; each says ok, warn or fail, with the cure."""
