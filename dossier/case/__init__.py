"""The case as its events prove it: facts, their evidential bytes, the fold into an appeal, and what is read off it.

Event forms are sealed: add, never change.
"""
