"""Each person's gapless log of what changed for them: the database is the log.

``log`` writes it (on PostgreSQL a send writes its own entries: ``messaging.actions.posting``),
``announcements`` what concerns too many for one transaction. ``reading`` reads it under the
viewer's rights of now, ``following`` waits for more, ``poll`` looks for what no ring announced.
``cursor`` is a place in it, ``epochs`` begin it anew, ``retention`` forgets what is old.
"""
