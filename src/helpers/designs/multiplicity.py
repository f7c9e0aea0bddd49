"""Allowing for having asked many questions at once."""

import numpy as np


def benjamini_hochberg(p_values) -> np.ndarray:
    """P-values adjusted so that, of those below 0.05, no more than 5% are expected to be false (Benjamini and Hochberg 1995).

    Returned in the order given; a missing p-value stays missing and is not counted in the family.
    """
    p, known = _known(p_values)
    order = np.argsort(p[known])
    stepped = p[known][order] * known.sum() / np.arange(1, known.sum() + 1)
    adjusted = np.full(p.shape, np.nan)
    where = np.flatnonzero(known)[order]
    adjusted[where] = np.minimum(np.minimum.accumulate(stepped[::-1])[::-1], 1.0)
    return adjusted


def bonferroni(p_values) -> np.ndarray:
    """P-values adjusted so that the chance of even one false result is held; stricter than `benjamini_hochberg`."""
    p, known = _known(p_values)
    return np.minimum(p * known.sum(), 1.0)


def _known(p_values) -> tuple[np.ndarray, np.ndarray]:
    p = np.asarray(p_values, dtype=float)
    known = ~np.isnan(p)
    if ((p[known] < 0) | (p[known] > 1)).any():
        raise ValueError("a p-value lies between 0 and 1")
    return p, known
