"""The commands behind the command line, grouped by what they are about."""
