"""Clock, ids, chance and logging of one process, handed in by ``bootstrap``.

Nothing else reads time or chance for itself.
"""
