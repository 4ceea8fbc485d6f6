"""Intervals: the law of small numbers, in pure functions.

**Reads** and **Writes** nothing.
**Method** Shares: Wilson (1927). Counts and rates: the exact Poisson tails with the mid-P correction
(Lancaster 1961; Cohen & Yang 1994), which covers 95 % on average where the strict exact interval
(Garwood 1936) covers 97 to 99 %. Quotients of two independent shares: MOVER-R on Wilson limits (Donner
& Zou 2012). Ratios of rates over strata: Mantel-Haenszel (Greenland & Robins 1985). Rates of small
territories: gamma-Poisson shrinkage (Clayton & Kaldor 1987), the prior fitted by maximum likelihood on
the negative binomial margin. Medians: order statistics. Incomplete gamma: series and continued fraction
(Abramowitz & Stegun 6.5).
**Limits** They say what chance alone may do to a count. They say nothing of what the sources do not
see: no interval here corrects a bias. The shrunk interval takes the fitted prior as known.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

#: The 97.5th centile of the normal law: every interval here is at 95 %.
Z = 1.959963984540054
TAIL = 0.025
#: Where the continued fractions stop.
TINY, STEPS = 1e-14, 500

Interval = tuple[float, float]


def wilson(k: int, n: int) -> Interval:
    """The 95 % interval of a share ``k / n`` (Wilson 1927). ``(0, 1)`` when nothing was looked at."""
    if n <= 0:
        return 0.0, 1.0
    p = k / n
    centre = p + Z * Z / (2 * n)
    spread = Z * math.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
    scale = 1 + Z * Z / n
    low = 0.0 if k == 0 else (centre - spread) / scale
    high = 1.0 if k == n else (centre + spread) / scale
    return max(0.0, low), min(1.0, high)


@lru_cache(maxsize=4096)
def poisson_limits(k: int) -> Interval:
    """The 95 % mid-P interval of the mean of a Poisson count ``k``."""
    top = k + 10 * math.sqrt(k + 1) + 10

    def above(mean: float) -> float:  # P(X > k) + P(X = k) / 2, growing with the mean
        return gamma_cdf(mean, k + 1) + poisson_mass(k, mean) / 2

    low = 0.0 if k == 0 else invert(above, TAIL, top)
    return low, invert(above, 1 - TAIL, top)


def quotient(k1: int, n1: int, k2: int, n2: int) -> tuple[float | None, float, float]:
    """``(k1/n1) / (k2/n2)`` of two independent shares, and its 95 % interval (MOVER-R).

    None when the second share is zero: there is nothing to compare with.
    """
    if not n1 or not n2 or not k2:
        return None, 0.0, math.inf
    p1, p2 = k1 / n1, k2 / n2
    (l1, u1), (l2, u2) = wilson(k1, n1), wilson(k2, n2)
    cross = p1 * p2
    above, below = u1 * (2 * p1 - u1), l2 * (2 * p2 - l2)
    root = math.sqrt(max(0.0, cross * cross - above * below))
    high = (cross + root) / below if below > 0 else math.inf
    # The conjugate form of the lower bound stays defined where 2 p2 < u2.
    under, over = l1 * (2 * p1 - l1), u2 * (2 * p2 - u2)
    root = math.sqrt(max(0.0, cross * cross - under * over))
    low = under / (cross + root) if cross + root > 0 else 0.0
    return p1 / p2, max(0.0, low), high


def rates_ratio(
    cells: Iterable[tuple[int, float, int, float]],
) -> tuple[float | None, float, float]:
    """The ratio of two rates pooled over strata (Mantel & Haenszel), and its 95 % interval.

    ``cells``: events and exposure on one side, events and exposure on the other, a stratum each. The
    variance is Greenland and Robins' (1985). None when one side has no event.
    """
    top = bottom = variance = 0.0
    for a, n1, b, n0 in cells:
        if n1 > 0 and n0 > 0:
            total = n1 + n0
            top += a * n0 / total
            bottom += b * n1 / total
            variance += (a + b) * n1 * n0 / total**2
    if not top or not bottom:
        return None, 0.0, math.inf
    ratio, spread = top / bottom, math.exp(Z * math.sqrt(variance / (top * bottom)))
    return ratio, ratio / spread, ratio * spread


def median_interval(values: Sequence[float]) -> tuple[float | None, float | None, float | None]:
    """The median and its 95 % interval by order statistics; no interval under six values."""
    ordered = sorted(values)
    n = len(ordered)
    if not n:
        return None, None, None
    middle = (ordered[(n - 1) // 2] + ordered[n // 2]) / 2
    if n < 6:
        return middle, None, None
    # The largest rank r with P(Binomial(n, 1/2) < r) <= 2.5 %.
    mass, rank, total = 0.5**n if n < 1000 else 0.0, 0, 0.0
    if n >= 1000:
        rank = int(n / 2 - Z * math.sqrt(n) / 2)
    else:
        while total + mass <= TAIL:
            total += mass
            rank += 1
            mass *= (n - rank + 1) / rank
    rank = max(rank, 1)
    return middle, ordered[rank - 1], ordered[n - rank]


def concentration(counts: Sequence[int]) -> tuple[float | None, float | None, float | None]:
    """Simpson's unbiased concentration: the chance that two initiatives have the same carrier.

    The variance is Simpson's (1949). None under two initiatives.
    """
    n = sum(counts)
    if n < 2:
        return None, None, None
    value = sum(c * (c - 1) for c in counts) / (n * (n - 1))
    squares, cubes = (sum((c / n) ** power for c in counts) for power in (2, 3))
    variance = (
        4 * n * (n - 1) * (n - 2) * cubes
        + 2 * n * (n - 1) * squares
        - 2 * n * (n - 1) * (2 * n - 3) * squares**2
    ) / (n * (n - 1)) ** 2
    spread = Z * math.sqrt(max(0.0, variance))
    return value, max(0.0, value - spread), min(1.0, value + spread)


def fit_gamma(counts: Sequence[int], exposures: Sequence[float]) -> tuple[float, float]:
    """The gamma prior (shape, rate) of territories' rates: maximum likelihood of the margin.

    The mean is the pooled rate; the shape is searched on a log scale by golden section. A large
    shape says that chance alone explains the differences between territories.
    """
    kept = [(k, e) for k, e in zip(counts, exposures, strict=True) if e > 0]
    total, exposed = sum(k for k, _ in kept), sum(e for _, e in kept)
    if not total:
        return 1.0, max(exposed, 1.0)
    mean = total / exposed
    seen: dict[tuple[int, float], int] = {}
    for k, e in kept:
        key = (k, float(f"{e:.3g}"))
        seen[key] = seen.get(key, 0) + 1

    def loss(log_shape: float) -> float:
        a = math.exp(log_shape)
        b = a / mean
        return -sum(
            times
            * (
                math.lgamma(a + k)
                - math.lgamma(a)
                + a * math.log(b / (b + e))
                + k * math.log(e / (b + e))
            )
            for (k, e), times in seen.items()
        )

    shape = math.exp(golden(loss, math.log(0.01), math.log(1000)))
    return shape, shape / mean


def shrunk(k: int, exposure: float, prior: tuple[float, float]) -> tuple[float, float, float]:
    """The rate of one territory drawn towards the others': posterior mean and 95 % interval."""
    a, b = prior[0] + k, prior[1] + exposure
    return a / b, gamma_quantile(TAIL, a) / b, gamma_quantile(1 - TAIL, a) / b


def chance_of_none(exposure: float, prior: tuple[float, float]) -> float:
    """P(0) for a territory of that exposure whose rate is drawn from ``prior``."""
    return float((prior[1] / (prior[1] + exposure)) ** prior[0])


def poisson_mass(k: int, mean: float) -> float:
    """P(X = k)."""
    if mean <= 0:
        return 1.0 if k == 0 else 0.0
    return math.exp(k * math.log(mean) - mean - math.lgamma(k + 1))


def gamma_cdf(x: float, a: float) -> float:
    """The regularised lower incomplete gamma P(a, x)."""
    if x <= 0:
        return 0.0
    head = math.exp(a * math.log(x) - x - math.lgamma(a))
    if x < a + 1:
        term = total = 1 / a
        for n in range(1, STEPS * 20):
            term *= x / (a + n)
            total += term
            if term < total * TINY:
                break
        return min(1.0, total * head)
    c, d = 1e300, 1 / (x + 1 - a)
    fraction = d
    for n in range(1, STEPS * 20):
        factor = n * (a - n)
        base = x + 2 * n + 1 - a
        d = 1 / nonzero(factor * d + base)
        c = nonzero(base + factor / c)
        fraction *= c * d
        if abs(c * d - 1) < TINY:
            break
    return max(0.0, 1 - head * fraction)


@lru_cache(maxsize=65_536)  # one prior, small counts: few shapes for many territories
def gamma_quantile(p: float, a: float) -> float:
    """The quantile of a gamma law of shape ``a`` and rate 1: Newton, kept in a shrinking bracket."""
    if a < 1:
        small = math.exp((math.log(p) + math.lgamma(a + 1)) / a)
        if small < 1e-9:  # there x^a / Γ(a + 1) is the law itself
            return small
    low, high = 0.0, a + 10 * math.sqrt(a) + 40
    z = Z if p > 0.5 else -Z
    guess = a * max(1e-3, 1 - 1 / (9 * a) + z / (3 * math.sqrt(a))) ** 3  # Wilson & Hilferty
    x = min(max(guess, 1e-12), high)
    for _ in range(100):
        gap = gamma_cdf(x, a) - p
        if gap > 0:
            high = x
        else:
            low = x
        slope = math.exp((a - 1) * math.log(x) - x - math.lgamma(a))
        step = x - gap / slope if slope > 0 else math.inf
        step = step if low < step < high else (low + high) / 2
        if abs(step - x) <= 1e-10 * (1e-9 + x):
            return step
        x = step
    return x


def nonzero(x: float) -> float:
    """``x``, kept off zero (Lentz)."""
    return x if abs(x) > 1e-300 else 1e-300


def invert(law: Callable[[float], float], target: float, high: float) -> float:
    """The point where a growing law reaches ``target``, by bisection; ``high`` is a first guess above it."""
    low = 0.0
    while law(high) < target:
        high *= 2
    for _ in range(80):
        middle = (low + high) / 2
        if law(middle) < target:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def golden(loss: Callable[[float], float], low: float, high: float) -> float:
    """The minimum of a one-humped loss by golden section."""
    ratio = (math.sqrt(5) - 1) / 2
    a, b = high - ratio * (high - low), low + ratio * (high - low)
    at_a, at_b = loss(a), loss(b)
    while high - low > 1e-4:
        if at_a < at_b:
            high, b, at_b = b, a, at_a
            a = high - ratio * (high - low)
            at_a = loss(a)
        else:
            low, a, at_a = a, b, at_b
            b = low + ratio * (high - low)
            at_b = loss(b)
    return (low + high) / 2
