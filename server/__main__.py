"""`python -m server` is `lms-messages`."""

from server.cli import main

main()
