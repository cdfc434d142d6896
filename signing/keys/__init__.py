"""Keys and certificates of ours and of registered parties, from files and PKCS#11 tokens.

Private keys never leave this room except as objects that sign.
"""
