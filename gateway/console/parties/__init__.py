"""Parties: all of them by trouble, one with everything agreed and tried, certificates of all, test pings, pauses."""
