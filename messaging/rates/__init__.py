"""How often somebody may do something, and of what they may have how many at once."""
