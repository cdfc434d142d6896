"""Exports of ИАС «Электронные обращения»: cards, history and files as CSV or JSON, read into values.

Its operator has published no description of them: the fields are those that its own portal shows and sends, and what
its states, kinds and decisions are called is a table (``words.toml``) that whoever imports can add to.
"""
