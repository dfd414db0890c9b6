"""All that is limited for people and addresses."""

from dataclasses import dataclass, field

from messaging.rates.gauge import Gauge
from messaging.rates.rates import Rates


@dataclass(frozen=True, slots=True)
class Allowances:
    """What the requests of a process share; without limits unless some are given."""

    rates: Rates = field(default_factory=Rates)
    subscriptions_of_user: Gauge = field(default_factory=Gauge)
    sockets_of_user: Gauge = field(default_factory=Gauge)
    sockets_of_address: Gauge = field(default_factory=Gauge)


UNLIMITED = Allowances()
