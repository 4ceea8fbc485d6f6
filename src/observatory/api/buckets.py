"""How much one client may ask: a bucket of tokens that fills up again by itself.

**Reads** and **Writes** Django's cache, one small entry a client, forgotten within minutes.
**Method** A token bucket (a request costs some tokens; tokens come back at a steady rate). The address
is kept as a keyed digest only. Browsing, harvesting page after page, or a widget on a busy page stay
far below.
**Limits** With the default cache each worker counts by itself: the real limit is at most the stated
one times the number of workers. Two requests at the very same instant may count as one.
"""

from __future__ import annotations

import math
import time

from django.core.cache import cache
from django.utils.crypto import salted_hmac

#: Tokens of a full bucket, and how many come back a second.
CAPACITY = 300.0
REFILL = 10.0
#: What a question costs: reading a page 1, having the engine read texts or place a point more.
READ, ENGINE = 1.0, 5.0


def take(client: str, cost: float, *, now: float | None = None) -> int:
    """Take ``cost`` tokens from the client's bucket: 0, or the seconds to wait."""
    moment = time.time() if now is None else now
    key = "bucket:" + salted_hmac("observatory.buckets", client).hexdigest()[:24]
    level, seen = cache.get(key) or (CAPACITY, moment)
    level = min(CAPACITY, level + max(0.0, moment - seen) * REFILL)
    if level < cost:
        return max(1, math.ceil((cost - level) / REFILL))
    cache.set(key, (level - cost, moment), timeout=math.ceil(CAPACITY / REFILL) + 10)
    return 0
