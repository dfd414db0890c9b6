"""The fault suite: the service under kills, freezes, outages and resets, and what was lost.

``python -m tests.faults --help``. ``run`` plays it: ``cluster`` serves, ``senders`` write,
``subscribers`` follow, ``nemesis`` breaks, ``truth`` reads the database, ``verdict`` compares.
"""
