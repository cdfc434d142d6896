"""ZIP files that other programs wrote, read from raw bytes.

Bounds come first; nothing is unpacked before it is surveyed.
"""
