"""How far an effect lies from no effect, in words."""

import math

from helpers import wording
from helpers.results import Effect

MANY_TIMES = 3  # a ratio from here on is read as times, not as a percentage in hundreds


def size_in_words(effect: Effect) -> str:
    """ "28% lower", "8.6 percentage points higher", "no different" """
    return _distance(effect, effect.estimate)


def interval_in_words(effect: Effect) -> str:
    """ "14% to 40% lower", or "31% lower to 4% higher", the 95% interval in the words of `size_in_words`."""
    if effect.null == 1 and effect.ci_low >= 1 and MANY_TIMES <= effect.ci_high < math.inf:
        return f"{wording.interval(effect.ci_low, effect.ci_high)} times as high"
    ends = sorted((effect.ci_low, effect.ci_high), key=lambda end: abs(gap(effect, end)))
    near, far = (_distance(effect, end) for end in ends)
    same_way = (
        near.rsplit(" ", 1)[-1] == far.rsplit(" ", 1)[-1] and (effect.ci_low - effect.null) * (effect.ci_high - effect.null) > 0
    )
    if not same_way:
        return f"{_distance(effect, effect.ci_low)} to {_distance(effect, effect.ci_high)}"
    unit = "" if effect.null == 1 else f" {effect.scale}"
    way = far.rsplit(" ", 1)[-1]
    return f"{near.removesuffix(' ' + way).removesuffix(unit)} to {far}"


def worthwhile_in_words(effect: Effect) -> str:
    """The smallest effect worth acting on, in the words of `size_in_words`."""
    return _distance(effect, effect.worthwhile)


def gap(effect: Effect, value: float) -> float:
    """How far `value` lies from no effect, signed; on the log scale for ratios."""
    if effect.null == 1:
        return math.log(value) if 0 < value < math.inf else math.copysign(math.inf, value - 1)
    return value - effect.null


def _distance(effect: Effect, value: float) -> str:
    """How far `value` lies from no effect, and which way."""
    apart = value - effect.null
    if not math.isfinite(apart):
        return "without bound higher" if apart > 0 else "without bound lower"
    if effect.null == 1 and value >= MANY_TIMES:
        return f"{wording.number(value, 1 if value < 10 else 0)} times as high"
    if effect.null == 1:
        amount, unit = abs(apart) * 100, "%"
        text = wording.number(amount, 0 if amount >= 1 else 1)
    else:
        amount, unit = abs(apart), f" {effect.scale}"
        text = wording.number(amount, 1 if amount < 100 else 0)
    if not text.strip("0.,"):
        return "no different"
    return f"{text}{unit} {'higher' if apart > 0 else 'lower'}"
