"""The codes that a connection is closed with, as PROTOCOL.md and the graphql-ws client have them.

4401 will never be good, 4403 wants a new token, 4408 and 1013 may be retried; the others are a
client's own faults, and no client comes back after them by itself.
"""

BAD_REQUEST = 4400
UNAUTHORIZED = 4401
FORBIDDEN = 4403
NOT_ACCEPTABLE = 4406
TIMED_OUT = 4408
IN_USE = 4409
TWICE = 4429
# "Try again later" (RFC 6455's registry). The graphql-ws client comes back after it, where its own
# protocol's 4429 is final and 4408 would speak of a time that ran out.
TRY_AGAIN_LATER = 1013
