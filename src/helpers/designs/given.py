"""What a design is given, judged before it is used: columns that are there, numbers that are known, yes told from no.

A wrong argument is the caller's mistake: ValueError names the column, how many values, and what to do. Too little to answer with
is another matter, NotEnoughData, and each design's own.
"""

import numpy as np
import pandas as pd

from helpers import wording


def columns(frame: pd.DataFrame, *names: str | None) -> pd.DataFrame:
    """`frame`, if it has all the columns named; None names none."""
    lacking = [name for name in names if name is not None and name not in frame]
    if lacking:
        raise ValueError(f"no column {wording.listing(map(str, lacking))}; there are {wording.listing(map(str, frame.columns))}")
    return frame


def listed(names, what: str) -> list:
    """`names` as a list; a text alone is refused, whose letters would each be taken for a name."""
    if isinstance(names, str):
        raise ValueError(f"{what} is a list; got the text {names!r}")
    return list(names)


def numbers(values, name: str, *, least: float = -np.inf, missing: bool = False) -> np.ndarray:
    """`values` as floats, each finite and not below `least`; with `missing` those unknown stay NaN."""
    if getattr(getattr(values, "dtype", None), "kind", None) in ("M", "m"):
        raise ValueError(f"{name}: dates or lengths of time; give numbers of one unit, such as days since the start")
    try:
        nullable = isinstance(getattr(values, "dtype", None), pd.api.extensions.ExtensionDtype)
        known = values.to_numpy(dtype=float, na_value=np.nan) if nullable else np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        text = pd.to_numeric(pd.Series(np.ravel(values)), errors="coerce").isna().sum()
        raise ValueError(f"{name}: {wording.count_of(int(text), 'value')} are not numbers") from None
    unknown, out = np.isnan(known), np.isinf(known)
    if not missing and unknown.any():
        raise ValueError(f"{name}: {_of(unknown, 'missing')}; leave such rows out and say how many")
    if out.any():
        raise ValueError(f"{name}: {_of(out, 'infinite')}")
    if least > -np.inf and (known < least).any():
        raise ValueError(f"{name}: {_of(known < least, f'below {least:g}')}")
    return known


def same_times(*times: np.ndarray) -> list[np.ndarray]:
    """Times to twelve digits of the largest: 0.1 + 0.2 and 0.3 are then one moment, as in R's survival, and ties stay ties."""
    largest = max(np.abs(part[np.isfinite(part)]).max(initial=0.0) for part in times)
    digits = 11 - int(np.floor(np.log10(largest))) if largest > 0 else 0
    return [np.round(part, digits) for part in times]


def table(covariates: pd.DataFrame) -> np.ndarray:
    """A column a covariate, as floats, each known."""
    if not isinstance(covariates, pd.DataFrame):
        raise ValueError(f"covariates are a table with a named column each, not a {type(covariates).__name__}")
    each = [numbers(covariates.iloc[:, at], str(name)) for at, name in enumerate(covariates.columns)]
    return np.column_stack(each) if each else np.empty((len(covariates), 0))


def moments(values, name: str, *, missing: bool = False) -> pd.Series:
    """`values` as dates without a zone; they may be text (2024-04-01), and a month or quarter (Period) is its first day.

    With `missing` those unknown stay so.
    """
    series = values if isinstance(values, pd.Series) else pd.Series(values)
    if isinstance(series.dtype, pd.PeriodDtype):
        dates = series.dt.to_timestamp()
    elif series.dtype.kind == "M":
        dates = series.dt.tz_localize(None) if isinstance(series.dtype, pd.DatetimeTZDtype) else series
    elif pd.api.types.is_numeric_dtype(series):
        dates = pd.Series(pd.NaT, index=series.index)
    else:
        dates = pd.to_datetime(series.astype(object), format="ISO8601", errors="coerce")
    unknown = pd.isna(dates.to_numpy())
    if unknown.any():
        wrong = unknown & series.notna().to_numpy()
        if wrong.any():
            example = str(series[wrong].iloc[0])
            raise ValueError(f"{name}: {_of(wrong, 'no date')}, for example {example!r}; write dates as 2024-04-01")
        if not missing:
            raise ValueError(f"{name}: {_of(unknown, 'missing')}; leave such rows out and say how many")
    return dates


def flags(values, name: str) -> np.ndarray:
    """`values` as true and false; they may be 1 and 0, but no other code (1 and 2, yes and no), and none missing."""
    if isinstance(values, np.ndarray) and values.dtype.kind == "b":
        return np.asarray(values)
    series = pd.Series(values).reset_index(drop=True)
    if series.isna().any():
        raise ValueError(f"{name}: {_of(series.isna().to_numpy(), 'missing')}; leave such rows out and say how many")
    yes, no = ((series == code).fillna(False).to_numpy(dtype=bool) for code in (1, 0))
    if not (yes | no).all():
        example = str(series[~(yes | no)].iloc[0])
        raise ValueError(f"{name} is true or false (or 1 or 0); {_of(~(yes | no), 'something else')}, for example {example!r}")
    return yes


def groups(values, name: str) -> np.ndarray:
    """Each value's group as a number from 0, in order of appearance; groups may be named by text, numbers or categories."""
    codes = pd.factorize(np.asarray(values, dtype=object))[0]
    if (codes < 0).any():
        raise ValueError(f"{name}: {_of(codes < 0, 'missing')}; give each a group of its own, or leave such rows out")
    return codes


def alike(**arguments) -> None:
    """Arguments that go row by row have the same length; None has none."""
    lengths = {name: len(values) for name, values in arguments.items() if values is not None}
    if len(set(lengths.values())) > 1:
        raise ValueError(f"not the same number of rows: {', '.join(f'{name} {rows}' for name, rows in lengths.items())}")


def _of(which: np.ndarray, what: str) -> str:
    return f"{int(which.sum())} of {wording.count_of(which.size, 'value')} {'is' if which.sum() == 1 else 'are'} {what}"
