"""One module per step of the procedure: what an incoming message or a passed term means.

Pure; each cites its articles.
"""
