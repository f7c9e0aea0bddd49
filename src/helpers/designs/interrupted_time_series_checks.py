"""The checks of an interrupted time series: each refits or re-reads a fitted series and answers with a Check.

Those that refit pass by `results.answer_stands`.
"""

from dataclasses import replace

import numpy as np
import pandas as pd

from helpers import intervals, wording
from helpers.designs import given, regression
from helpers.designs.interrupted_time_series import Series, design_matrix, fewest, fit, periods_to_horizon
from helpers.results import Check, Effect, NotEnoughData, answer_stands

TOO_CORRELATED = 0.4  # likeliest correlation from which intervals are simulated to be somewhat too narrow
TOO_COMMON = 0.1  # share of placebo dates that may look as strong as the real one


def tested(series: Series) -> Effect:
    """The series' effect with the three checks that `evidence` asks of this design."""
    return series.effect.with_checks(residual_autocorrelation(series), placebo_dates(series), alternative_model(series))


def residual_autocorrelation(series: Series) -> Check:
    """Passes where months are little correlated once the model is fitted: Ljung-Box to 12 lags, likeliest correlation below 0.4.

    From there the intervals, though widened, can miss the truth somewhat more often than promised (benchmarks/calibration.md). So
    few months often look less correlated than they are: a pass does not show that they are not.
    """
    residual = series.fitted["residual"].dropna().to_numpy()
    rho = series.autocorrelation
    whitened = residual[1:] - rho * residual[:-1]
    p = regression.ljung_box(whitened, min(12, len(whitened) // 4))
    detail = f"neighbouring months correlate at {rho:.2f}, which the interval allows for; what is left: {wording.p_value(p)}"
    return Check("Residual autocorrelation", bool(p >= 0.05 and rho < TOO_CORRELATED), detail)


def placebo_dates(series: Series, apart: int = 6) -> Check:
    """Passes where few other dates show as strong a break: every date with enough months on either side, `apart` months or more
    away.

    Strength is the Wald statistic of level and slope change together. The check has a verdict only where the effect is clear
    and ten dates or more can be tried.
    """
    minimum = fewest(series.model.harmonics, series.months_apart)
    periods = series.monthly["period"]
    actual = int((periods < series.model.change_on).sum())
    own = _wald(series, actual)
    dates = [at for at in range(minimum[0], len(periods) - minimum[1] + 1) if abs(at - actual) * series.months_apart >= apart]
    strengths = []
    for at in dates:
        try:
            strengths.append(_wald(series, at))
        except NotEnoughData:
            continue
    if not strengths:
        return Check("Placebo dates", None, "the series is too short to try other dates")
    as_strong = sum(strength >= own for strength in strengths)
    detail = f"{as_strong} of {len(strengths)} other dates show as strong a break"
    clear = series.effect.ci_low > 1 or series.effect.ci_high < 1
    return Check(
        "Placebo dates", bool(as_strong <= TOO_COMMON * len(strengths)) if clear and len(strengths) >= 10 else None, detail
    )


def alternative_model(series: Series) -> Check:
    """Passes where the answer stands in two other models, log-linear with autoregressive errors and negative binomial.

    Of the same data they are as clear where it is clear: their estimates hardly ever leave its interval.
    """
    import statsmodels.api as sm

    monthly, model = series.monthly, series.model
    rows, names = design_matrix(monthly["period"], model)
    used = series.fitted["residual"].notna().to_numpy()
    rows, events = rows[used], monthly["events"].to_numpy(dtype=float)[used]
    log_exposure = np.log(monthly["exposure"].to_numpy(dtype=float)[used])
    at = periods_to_horizon(model.horizon, series.months_apart, series.months_after)
    contrast = np.array([1.0 if name == "level" else at if name == "slope change" else 0.0 for name in names])
    # Half an event is added so that months without any have a logarithm.
    log_linear = sm.GLSAR(np.log(events + 0.5) - log_exposure, rows, rho=1).iterative_fit(maxiter=20)
    means = np.exp(rows @ series.coefficients["estimate"].to_numpy() + log_exposure)
    alpha = max(1e-6, float((((events - means) ** 2 - means) / means**2).sum() / (len(events) - rows.shape[1])))
    family = sm.families.NegativeBinomial(alpha=alpha)
    negative_binomial = sm.GLM(events, rows, family=family, offset=log_exposure).fit()
    ratios, clear, told = [], [], []
    for name, result in {"log-linear": log_linear, "negative binomial": negative_binomial}.items():
        test = result.t_test(contrast)
        low, high = np.exp(np.ravel(test.conf_int()))
        ratio = float(np.exp(np.ravel(test.effect)[0]))
        ratios.append(ratio)
        clear.append(not low <= 1 <= high)
        told.append(f"{name} {ratio:.2f} ({wording.interval(low, high)})")
    detail = f"rate ratio {series.effect.estimate:.2f}; {'; '.join(told)}"
    stands = answer_stands(series.effect, *ratios) and (all(clear) or series.effect.ci_low <= 1 <= series.effect.ci_high)
    return Check("Alternative model", stands, detail)


def influence_of_most_frequent(series: Series, incidents: pd.DataFrame, *, person: str, date: str, top: int = 5) -> Check:
    """Passes where the answer stands without the `top` children with most incidents; exposure stays, but that of a proportion."""
    inside = incidents[incidents[date] >= series.monthly["period"].iloc[0]]
    inside = inside[inside[date] < series.monthly["period"].iloc[-1] + pd.offsets.MonthBegin(1)]
    most = inside[person].value_counts().head(top)
    rest = inside[~inside[person].isin(most.index)]
    events = rest.groupby(rest[date].dt.to_period("M").dt.to_timestamp()).size()
    monthly = series.monthly.assign(events=series.monthly["period"].map(events).fillna(0).astype(int))
    by_person = series.by_person
    if by_person is not None:
        theirs = by_person["person"].isin(most.index)
        if "exposure" in by_person:  # of a proportion their part of the denominator goes too
            parts = by_person[theirs].groupby("period")["exposure"].sum()
            monthly["exposure"] = monthly["exposure"] - monthly["period"].map(parts).fillna(0)
        by_person = by_person[~theirs]
    name = "Influence of the most frequent children"
    try:
        without = _refit(series, monthly, by_person)
    except NotEnoughData as reason:
        return Check(name, None, f"without the {wording.small(top)} most frequent children: {reason}")
    detail = (
        f"without the {wording.small(top)} children with most of them the rate ratio is {without.effect.estimate:.2f} "
        f"({wording.interval(without.effect.ci_low, without.effect.ci_high)}), with them {series.effect.estimate:.2f}"
    )
    return Check(name, answer_stands(series.effect, without.effect.estimate), detail)


def leave_one_out(series: Series, by_place: pd.DataFrame, *, place: str) -> Check:
    """Passes where the answer stands without any one place: something may have happened in one of them alone.

    `by_place` has a row a `place` and period (period, events, exposure), which add up to the series'.
    """
    name = "Leave one locality out"
    given.columns(by_place, place, "period", "events", "exposure")
    given.groups(by_place[place], place)
    ratios = {}
    for left_out, _ in by_place.groupby(place, observed=True):
        rest = by_place[by_place[place] != left_out].groupby("period", as_index=False)[["events", "exposure"]].sum()
        try:
            ratios[left_out] = _refit(series, rest, None).effect.estimate
        except NotEnoughData as reason:
            return Check(name, None, f"without {left_out}: {reason}")
    turned = [left_out for left_out, ratio in ratios.items() if not answer_stands(series.effect, ratio)]
    detail = (
        f"the rate ratio runs from {min(ratios.values()):.2f} to {max(ratios.values()):.2f} as each place in turn is left out; "
        f"{series.effect.estimate:.2f} with all" + (f"; outside its interval without {wording.listing(turned)}" if turned else "")
    )
    return Check(name, not turned, detail)


def months_just_before(series: Series, months: int = 6) -> Check:
    """Passes where the answer stands when the `months` before the change are left out.

    A service is often changed when figures are at their worst; they then fall back whatever is done (regression to the mean).
    """
    name, effect = "Months just before", series.effect
    try:
        model = replace(series.model, just_before=months)
        without = _refit(replace(series, model=model), series.monthly, series.by_person).effect
    except NotEnoughData as reason:
        return Check(name, None, str(reason))
    detail = (
        f"without the {wording.count_of(months, 'month')} before the change the rate ratio is {without.estimate:.2f} "
        f"({wording.interval(without.ci_low, without.ci_high)}); {effect.estimate:.2f} with them"
    )
    return Check(name, answer_stands(effect, without.estimate), detail)


def recording(
    series: Series, incidents: pd.DataFrame, *, date: str, recorded: str, months: int = 12, worth: float = 10.0
) -> Check:
    """Passes where the share of incidents with `recorded` filled in changed by less than `worth` points, or not clearly.

    The year before the change against the year after: a step in how fully incidents are recorded is the commonest false effect.
    """
    change = series.model.change_on
    near = incidents[
        (incidents[date] >= change - pd.DateOffset(months=months)) & (incidents[date] < change + pd.DateOffset(months=months))
    ]
    filled, after = near[recorded].notna(), near[date] >= change
    n_before, n_after = int((~after).sum()), int(after.sum())
    if min(n_before, n_after) == 0:
        return Check("Recording", None, "no incidents in the year before or after the change to compare")
    x_before, x_after = int(filled[~after].sum()), int(filled[after].sum())
    step = 100 * (x_after / n_after - x_before / n_before)
    interval = intervals.newcombe(x_after, n_after, x_before, n_before)
    changed = abs(step) >= worth and not interval.holds(0.0)
    share = f"{100 * x_before / n_before:.0f}% of rows in the year before and {100 * x_after / n_after:.0f}% in the year after"
    return Check("Recording", not changed, f"recorded for {share}")


def _refit(series: Series, monthly: pd.DataFrame, by_person: pd.DataFrame | None) -> Series:
    effect = series.effect
    return fit(
        monthly, series.model, outcome=effect.outcome, n_unit=effect.n_unit, by_person=by_person, per=series.per,
        better=effect.better, worthwhile=effect.worthwhile,
    )  # fmt: skip


def _wald(series: Series, at: int) -> float:
    """How strong a break at month number `at` is: the joint Wald statistic of its level and slope change."""
    periods = series.monthly["period"]
    rows, names = design_matrix(periods, replace(series.model, change_on=periods.iloc[at], transition=0))
    exposure = series.monthly["exposure"].to_numpy(dtype=float)
    poisson = regression.poisson(rows, series.monthly["events"].to_numpy(), np.log(exposure))
    broken = np.isin(names, ["level", "slope change"])
    covariance = poisson.dispersion * poisson.inverse_information[np.ix_(broken, broken)]
    changes = poisson.coefficients[broken]
    return float(changes @ np.linalg.solve(covariance, changes))
