"""The cell of those in no list, from three or more lists, some of which may copy each other.

**Reads** the number seen with each history (in the first list and not in the second…). **Writes** nothing.
**Method** Log-linear models (Fienberg 1972): the logarithm of each cell is a sum of effects, one a list
and one each pair of lists that depend on one another; the hidden cell is the constant. Every choice of
pairs is fitted at once (Poisson, iterated weighted least squares), with (1/2)^(t-1) added to each cell
(Evans and Bonett 1994) so that empty cells do not send an effect to infinity. Models are averaged by
their BIC weights; the variance is that within models plus that between them (Burnham and Anderson
2002), plus the chance of the hidden count itself.
**Limits** Dependence of three lists together is taken for none, and so is unequal renown when it is not
told by pairs: places hard to find by all lists stay uncounted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import combinations, product
from math import erfc, exp, factorial, sqrt

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
#: Lists beyond which the models would be too many (2^10 for five lists).
MOST_LISTS = 4
STEPS = 30
#: Effects further than this (e^12) are a cell that is empty for good.
FAR = 12.0


@cache
def design(lists: int) -> tuple[list[tuple[int, ...]], Floats, npt.NDArray[np.bool_]]:
    """(histories, effects of each: constant, lists, pairs; which effects each model has)."""
    histories = [h for h in product((0, 1), repeat=lists) if any(h)]
    pairs = list(combinations(range(lists), 2))
    effects = np.array(
        [[1, *history, *(history[i] * history[j] for i, j in pairs)] for history in histories],
        dtype=float,
    )
    #: With three lists the seven cells leave no room for the three pairs together and an error.
    chosen = [c for c in product((False, True), repeat=len(pairs)) if lists > 3 or sum(c) < 3]
    models = np.array([[True] * (1 + lists) + list(c) for c in chosen])
    return histories, effects, models


@dataclass(frozen=True, slots=True)
class Hidden:
    """Those in no list, the variance of their logarithm, how probable counts as far from the models are."""

    number: float
    variance: float
    fits: float


def hidden(counted: Mapping[tuple[int, ...], int]) -> Hidden:
    """From the number seen with each history."""
    histories, effects, models = design(len(next(iter(counted))))
    cells = np.array([counted.get(h, 0) for h in histories], dtype=float)
    cells += 0.5 ** (len(histories[0]) - 1)
    constants, variances, fits = fit(cells, effects, models)
    scores = fits - 0.5 * models.sum(axis=1) * np.log(cells.sum())
    weights = np.exp(scores - scores.max())
    weights /= weights.sum()
    mean = float(weights @ constants)
    spread = float(weights @ (variances + (constants - mean) ** 2))
    return Hidden(float(np.exp(mean)), spread + float(np.exp(-mean)), fitting(cells, fits, models))


def fitting(cells: Floats, fits: Floats, models: npt.NDArray[np.bool_]) -> float:
    """The probability of counts further from the nearest of the models, by its deviance (χ²)."""
    best = int(np.argmax(fits))
    deviance = 2 * max(float((cells * np.log(cells) - cells).sum() - fits[best]), 0.0)
    free = len(cells) - int(models[best].sum())
    # Of an even number of degrees χ² has a closed form; of an odd one (three lists leave one), the error
    # function's.
    half = deviance / 2
    if free % 2:
        return erfc(sqrt(half))
    return exp(-half) * sum(half**k / factorial(k) for k in range(free // 2))


def fit(
    cells: Floats, effects: Floats, models: npt.NDArray[np.bool_]
) -> tuple[Floats, Floats, Floats]:
    """Each model's constant, its variance, its log-likelihood (but for what all models share)."""
    number, width = models.shape
    used = effects[None, :, :] * models[:, None, :]
    absent = np.eye(width)[None, :, :] * ~models[:, :, None]
    means = np.tile(cells, (number, 1))
    values = np.zeros((number, width))
    for _ in range(STEPS):
        before = values
        target = np.log(means) + (cells - means) / means
        weighted = used * means[:, :, None]
        information = np.einsum("mck,mcl->mkl", weighted, used) + absent
        aimed = np.einsum("mck,mc->mk", weighted, target)
        values = np.linalg.solve(information, aimed[:, :, None])[:, :, 0]
        means = np.exp(np.clip(np.einsum("mck,mk->mc", used, values), -FAR, FAR))
        if np.abs(values - before).max() < 1e-6:
            break
    covariance = np.linalg.inv(np.einsum("mck,mcl->mkl", used * means[:, :, None], used) + absent)
    likelihood = (cells * np.log(means) - means).sum(axis=1)
    return values[:, 0], covariance[:, 0, 0], likelihood
