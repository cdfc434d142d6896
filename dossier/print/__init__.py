"""``dossier.pdf``: front page, statements, drawn timeline, in Kazakh and Russian by typst.

Layout and words only; facts come from ``dossier.packaging.description``.
"""
