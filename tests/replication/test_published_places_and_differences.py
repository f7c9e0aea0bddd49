"""Published funnels, differences in differences and weighted estimates, computed as ../shared/replication/how.md says."""

import numpy as np
import pandas as pd

from helpers.designs import funnel, regression


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
