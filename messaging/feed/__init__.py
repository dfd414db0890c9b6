"""Each person's gapless log of what changed for them: the database is the log.

``log`` writes it, ``reading`` reads it under the viewer's rights of now, ``following`` waits for
more, ``announcements`` writes what concerns too many for one transaction.
"""
