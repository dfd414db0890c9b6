"""The codes that a connection is closed with, as PROTOCOL.md and the graphql-ws client have them.

4401 will never be good, 4403 wants a new token, 4408 may be retried; the others are a client's own
faults, and no client comes back after them by itself.
"""

BAD_REQUEST = 4400
UNAUTHORIZED = 4401
FORBIDDEN = 4403
NOT_ACCEPTABLE = 4406
TIMED_OUT = 4408
IN_USE = 4409
TWICE = 4429
