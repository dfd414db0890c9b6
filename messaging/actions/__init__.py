"""Verbs that write. Each runs in one transaction (messaging.work) and names who is told of it."""
