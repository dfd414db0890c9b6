"""What the settings allow."""

from urllib.parse import urlsplit

from messaging.rates.allowances import Allowances
from messaging.rates.gauge import Gauge
from messaging.rates.rates import Deed, Limit, Rates, rate_of
from messaging.rates.shared import SharedCounts
from server.settings import Settings


def allowances_of(settings: Settings) -> Allowances:
    """The limits of people and addresses; rates are shared where the doorbell is."""
    limits = {
        Deed.SEND: Limit(rate_of(settings.sends_per_user), rate_of(settings.sends_per_address)),
        Deed.NEW_CHAT: Limit(
            rate_of(settings.new_chats_per_user), rate_of(settings.new_chats_per_address)
        ),
        Deed.FAILED_SIGN_IN: Limit(per_address=rate_of(settings.failed_sign_ins_per_address)),
    }
    is_shared = urlsplit(settings.broadcast_url).scheme != "memory"
    return Allowances(
        Rates(limits, SharedCounts(settings.broadcast_url) if is_shared else None),
        subscriptions_of_user=Gauge(settings.subscriptions_per_user),
        sockets_of_user=Gauge(settings.sockets_per_user),
        sockets_of_address=Gauge(settings.sockets_per_address),
    )
