"""Changes at several dates: planted effects that grow are recovered wave by wave, and two-way fixed effects are taken apart."""

import numpy as np
import pandas as pd
import pytest

from helpers import evidence
from helpers.designs import staggered_difference_in_differences as staggered
from helpers.designs import two_way_fixed_effects
from helpers.results import NotEnoughData

NAMES = {"place": "place", "period": "quarter", "outcome": "log_rate", "first_changed": "changed"}


def panel(seed, *, waves, growth=0.0, step=0.0, quarters=10, spread=0.05, trend=0.0):
    """Log rates of places; `waves` has each place's first quarter with the change, nan for never."""
    rng = np.random.default_rng(seed)
    changed, when = np.array(waves, dtype=float)[:, None], np.arange(quarters)
    since = np.where(when >= changed, when - changed, np.nan)
    log_rate = rng.normal(2, 0.3, (len(waves), 1)) + 0.05 * np.sin(when) + rng.normal(0, spread, (len(waves), quarters))
    log_rate += np.nan_to_num(step + growth * since) + np.where(np.isfinite(changed), trend * when, 0.0)
    return pd.DataFrame(
        {
            "place": np.repeat(np.arange(len(waves)), quarters),
            "quarter": np.tile(when, len(waves)),
            "log_rate": log_rate.ravel(),
            "changed": np.repeat(waves, quarters),
        }
    )


def test_effects_that_grow_are_recovered_at_each_time_since_the_change():
    made = panel(1, waves=[4] * 6 + [6] * 6 + [np.nan] * 8, step=-0.2, growth=-0.1)
    events = staggered.aggregate(staggered.group_time_effects(made, **NAMES), "dynamic").parts.set_index("at")
    for since in range(4):
        assert events.loc[since, "ci_low"] < -0.2 - 0.1 * since < events.loc[since, "ci_high"]
    assert (events.loc[events.index < -1, "ci_low"] < 0).all()


def test_the_two_way_regression_is_pulled_up_by_places_already_changed_and_the_decomposition_says_so():
    made = panel(2, waves=[3] * 8 + [7] * 8, growth=-0.1)
    parts = two_way_fixed_effects.decomposition(made, **NAMES)
    assert parts.comparisons["weight"].sum() == pytest.approx(1)
    assert (parts.comparisons["weight"] * parts.comparisons["estimate"]).sum() == pytest.approx(parts.estimate)
    assert parts.check().passed is False
    clean = staggered.aggregate(staggered.group_time_effects(made, **NAMES), "simple")
    assert clean.estimate < parts.estimate - 0.03  # nearer to the planted fall


def test_three_pilots_of_six_give_a_finding_no_stronger_than_moderate():
    made = panel(3, waves=[5] * 3 + [np.nan] * 3, step=-0.7)
    result = staggered.group_time_effects(made, **NAMES)
    effect = staggered.effect(result, outcome="plan starts per 10,000 children", n=900, n_unit="plans", better="lower")
    parting = next(check for check in effect.checks if check.name == "Trends that part after the change")
    assert parting.passed is None and "the effect stays clear until trends part" in parting.detail
    assert effect.ci_low < np.exp(-0.7) < effect.ci_high < 1 and effect.smallest_p == 0.1
    finding = evidence.find(effect, finding_id="starts", basis="synthetic", subject="The service")
    assert finding.direction == "improved"
    assert evidence.LADDER.index(finding.strength) <= evidence.LADDER.index("moderate")


def test_the_collapsed_estimate_of_one_wave_is_the_difference_of_mean_changes():
    made = panel(4, waves=[5] * 3 + [np.nan] * 3, step=-0.3)
    one = staggered.aggregate(staggered.group_time_effects(made, **NAMES), "group")
    wide = made.pivot(index="place", columns="quarter", values="log_rate")
    change = wide.loc[:, 5:].mean(axis=1) - wide[4]
    assert one.estimate == pytest.approx(change[:3].mean() - change[3:].mean())
    assert one.standard_error == pytest.approx(np.sqrt(change[:3].var() / 3 + change[3:].var() / 3))


def test_pilots_that_were_already_falling_fail_the_joint_test_and_steady_ones_pass_about_as_often_as_promised():
    falling = panel(5, waves=[6] * 10 + [np.nan] * 14, trend=-0.1)
    assert staggered.earlier_trends(staggered.group_time_effects(falling, **NAMES)).p_value < 0.01
    steady = [panel(seed, waves=[4] * 10 + [np.nan] * 20) for seed in range(200)]
    tests = [staggered.earlier_trends(staggered.group_time_effects(made, **NAMES)) for made in steady]
    assert tests[0].method == "F test over places" and 0.02 <= np.mean([test.p_value < 0.05 for test in tests]) <= 0.09


def test_six_places_without_a_change_are_called_changed_no_more_often_than_promised():
    p = []
    for seed in range(200):
        result = staggered.group_time_effects(panel(seed, waves=[5] * 3 + [np.nan] * 3), **NAMES)
        overall = staggered.aggregate(result)
        p.append((overall.p_value, staggered.permutation_p(result, overall.contrast)[0]))
    welch, permuted = np.array(p).T
    assert np.mean(welch < 0.05) <= 0.07 and 0.05 <= np.mean(permuted <= 0.1 + 1e-9) <= 0.15


def test_the_permutation_of_equal_waves_lists_20_deals_and_of_many_places_draws_them():
    result = staggered.group_time_effects(panel(6, waves=[5] * 3 + [np.nan] * 3, step=-2.0), **NAMES)
    assert staggered.permutation_p(result, staggered.aggregate(result).contrast) == (0.1, 0.1)
    many = staggered.group_time_effects(panel(6, waves=[5] * 20 + [np.nan] * 20, step=-2.0), **NAMES)
    assert staggered.permutation_p(many, staggered.aggregate(many).contrast, draws=999) == (0.001, 0.001)


@pytest.mark.parametrize(
    ("waves", "sentence"),
    [
        ([np.nan] * 6, "no place had the change"),
        ([1] * 3 + [np.nan] * 3, "nothing shows what came before"),
        ([5] + [np.nan] * 3, "one place alone"),
        ([5] * 6, "no place is without the change"),
    ],
)
def test_what_cannot_be_compared_is_refused(waves, sentence):
    with pytest.raises(NotEnoughData, match=sentence):
        staggered.group_time_effects(panel(1, waves=waves).assign(quarter=lambda p: p["quarter"] + 1), **NAMES)


def test_a_place_lacking_a_quarter_is_refused_and_three_quarters_before_show_no_trend():
    with pytest.raises(NotEnoughData, match="lacks a value"):
        staggered.group_time_effects(panel(1, waves=[5] * 3 + [np.nan] * 3).iloc[1:], **NAMES)
    short = staggered.group_time_effects(panel(1, waves=[3] * 3 + [np.nan] * 3), **NAMES)
    with pytest.raises(NotEnoughData, match="three periods before the change; 4 are needed"):
        staggered.earlier_trends(short)


def counts(seed, ratio=1.0):
    made = panel(seed, waves=[5] * 3 + [np.nan] * 3, step=np.log(ratio), spread=0.1)
    events = np.random.default_rng(seed).poisson(np.exp(made["log_rate"]))
    return made.assign(events=events, exposure=1000.0, exposed=(made["quarter"] >= made["changed"]).astype(float))


COUNTS = {
    "place": "place", "period": "quarter", "events": "events", "exposure": "exposure", "exposed": "exposed",
    "outcome": "plan starts", "n_unit": "plans",
}  # fmt: skip


def test_fixed_effects_poisson_finds_a_planted_halving_and_reaches_no_p_below_one_in_32():
    result = two_way_fixed_effects.fixed_effects_poisson(counts(1, 0.5), **COUNTS)
    assert result.effect.ci_low < 0.5 < result.effect.ci_high < 1
    assert result.smallest_p == 1 / 32 and result.score_p_value == 1 / 32
    assert result.effect.ci_high == max(result.clustered.high, result.score.high)


def test_fixed_effects_poisson_agrees_with_statsmodels_and_calls_nothing_a_change_about_as_often_as_promised():
    import statsmodels.formula.api as smf

    made = counts(2)
    own = two_way_fixed_effects.fixed_effects_poisson(made, **COUNTS)
    library = smf.poisson("events ~ exposed + C(place) + C(quarter)", made, exposure=made["exposure"]).fit(
        disp=0, cov_type="cluster", cov_kwds={"groups": made["place"], "use_correction": False}
    )
    assert np.log(own.effect.estimate) == pytest.approx(library.params["exposed"], abs=1e-6)
    assert own.standard_error == pytest.approx(library.bse["exposed"] * np.sqrt(6 / 5), rel=1e-4)
    effects = [two_way_fixed_effects.fixed_effects_poisson(counts(seed), **COUNTS).effect for seed in range(40)]
    assert np.mean([effect.p_value < 0.05 for effect in effects]) <= 0.125
    # The interval is the test turned round: it leaves out no effect where the p-value is below 5%, and only there.
    assert all((effect.ci_low > 1 or effect.ci_high < 1) == (effect.p_value < 0.05) for effect in effects)
