"""Seals, time stamps and evidence files. Trouble at a time-stamp authority never stops traffic."""
