"""Published funnels, differences in differences and weighted estimates, computed as ../shared/replication/how.md says."""

import numpy as np
import pandas as pd

from helpers.designs import difference_in_differences, funnel, regression, two_way_fixed_effects, weighting
from helpers.designs import staggered_difference_in_differences as staggered


def test_lengths_of_stay_by_provider_in_a_funnel_with_and_without_overdispersion(data, agrees):
    stays = data("COUNT_medpar.csv")
    kind = pd.get_dummies(stays["type"], drop_first=True).to_numpy(dtype=float)
    design = np.column_stack([np.ones(len(stays)), stays[["hmo", "died", "age80"]], kind])
    fit = regression.poisson(design, stays["los"].to_numpy(), np.zeros(len(stays)))
    providers = stays.assign(expected=fit.means).groupby("provnum", as_index=False)[["los", "expected"]].sum()
    about = {"place": "provnum", "observed": "los", "expected": "expected"}
    plain = funnel.ratios(providers, **about)
    adjusted = funnel.ratios(providers, overdispersion="trimmed", **about)
    agrees(
        "09_funnel_medpar_overdispersion",
        {
            "n_points": len(plain.points),
            "outliers_unadjusted_998": int((plain.points["beyond"] != "").sum()),
            "dispersion_ratio": fit.dispersion,
            "outliers_SHMI_adjusted_998": int((adjusted.points["beyond"] != "").sum()),
        },
    )
    assert adjusted.places_kept == 44


def test_county_employment_and_minimum_wages_by_callaway_and_santanna(data, agrees):
    counties = data("mpdta.csv")
    names = {"place": "countyreal", "period": "year", "outcome": "lemp", "first_changed": "first.treat"}
    result = staggered.group_time_effects(counties, control="never", **names)
    effects = result.effects[result.effects["since"] >= 0]
    dynamic = staggered.aggregate(result, "dynamic")
    since = dynamic.parts.set_index("at")["estimate"]
    agrees(
        "17_staggered_did_mpdta",
        {f"att_{row['first']:.0f}_{row['period']:.0f}": row["estimate"] for _, row in effects.iterrows()}
        | {f"dyn_e{at}": since[at] for at in range(4)}
        | {
            "dyn_overall": dynamic.estimate,
            "group_overall": staggered.aggregate(result, "group").estimate,
            "twfe": two_way_fixed_effects.decomposition(counties, **names).estimate,
        },
    )
    # The package prints 0.168 from a chi-squared that takes the covariance as known.
    assert abs(staggered.earlier_trends(result).p_value - 0.168) < 0.015


def test_giving_up_smoking_and_weight_by_hernan_and_robins(data, agrees):
    nhefs = data("causaldata_nhefs_complete.csv")
    squares = "".join(f" + {name} + I({name}**2)" for name in ("age", "smokeintensity", "smokeyrs", "wt71"))
    covariates = f"C(sex) + C(race) + C(education) + C(exercise) + C(active){squares}"
    model = weighting.propensity(nhefs, exposed="qsmk", covariates=covariates)
    plain, everybody = weighting.weights(model, kind="none"), weighting.weights(model)
    stabilised = weighting.weights(model, stabilised=True).values
    weighted = weighting.difference(nhefs, everybody, outcome="wt82_71")
    about = {"outcome": "wt82_71", "covariates": f"qsmk + {covariates} + qsmk:smokeintensity", "exposed": "qsmk"}
    augmented = weighting.augmented(nhefs, model, **about)
    agrees(
        "31_iptw_aipw_nhefs",
        {
            "unadjusted": weighting.difference(nhefs, plain, outcome="wt82_71").estimate,
            "ipw": weighted.estimate,
            "ipw_lo": weighted.ci_low,
            "ipw_hi": weighted.ci_high,
            "stabilised_w_min": stabilised.min(),
            "stabilised_w_max": stabilised.max(),
            "standardised": weighting.standardised(nhefs, model, draws=50, **about).estimate,
            "mean_w": everybody.values.mean(),
            "aipw": augmented.estimate,
            "aipw_lo": augmented.ci_low,
            "aipw_hi": augmented.ci_high,
        },
    )


def test_fast_food_in_new_jersey_and_pennsylvania_by_card_and_krueger(data, agrees):
    stores = data("card_krueger.csv")
    names = {"unit": "id", "with_change": "nj", "after": "d", "outcome": "fte"}
    every = difference_in_differences.two_by_two(stores, balanced=False, **names)
    both = difference_in_differences.two_by_two(stores, **names)
    means = every.cells.set_index(["with_change", "after"])["mean"]
    agrees(
        "14_did_card_krueger",
        {
            "nj_before": means[(1, 0)],
            "nj_after": means[(1, 1)],
            "pa_before": means[(0, 0)],
            "pa_after": means[(0, 1)],
            "did": every.estimate,
            "did_balanced": both.estimate,
            "se_balanced": both.standard_error,
        },
    )
