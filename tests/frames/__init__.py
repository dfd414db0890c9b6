"""Sockets at random: frames that are none, and conversations in any order."""
