"""The append-only log of RFC 9162: hashes, proofs, tree, tiles, files for auditors.

Pure arithmetic; stored bytes depend on it.
"""
