"""Published results come out of the public functions within their tolerances, computed as ../shared/replication/how.md says."""

import numpy as np
import pandas as pd

from helpers import intervals
from helpers.designs import (
    control_chart,
    few_clusters,
    multiplicity,
    regression,
    survival,
)
from helpers.designs.interrupted_time_series import interrupted_time_series


def test_sicilys_smoking_ban_as_lopez_bernal_and_others_published_it(data, agrees):
    sicily = data("sicily.csv")
    monthly = pd.DataFrame(
        {
            "period": pd.to_datetime({"year": sicily["year"], "month": sicily["month"], "day": 1}),
            "events": sicily["aces"],
            "exposure": sicily["stdpop"],
        }
    )
    about = {"change_on": "2005-01-01", "outcome": "aces", "n_unit": "admissions", "reference": "normal", "pandemic": None}
    main = interrupted_time_series(monthly, slope=False, harmonics=2, errors="independent", **about)
    plain = interrupted_time_series(monthly, slope=False, harmonics=0, errors="poisson", **about)
    bend = interrupted_time_series(monthly, slope=True, harmonics=2, errors="independent", **about)
    agrees(
        "01_its_sicily_quasipoisson",
        {
            "rr_smokban": main.level_change.estimate,
            "rr_lo": main.level_change.ci_low,
            "rr_hi": main.level_change.ci_high,
            "dispersion": main.dispersion,
            "annual_trend_rr": np.exp(12 * main.coefficients.loc["trend", "estimate"]),
            "poisson_rr_unadjusted": plain.level_change.estimate,
            "poisson_lo": plain.level_change.ci_low,
            "poisson_hi": plain.level_change.ci_high,
            "slope_change_p": bend.slope_change.p_value,
        },
    )


def test_newey_west_errors_of_the_investment_data(data, agrees):
    investment = data("sandwich_Investment.csv").dropna()
    design = np.column_stack([np.ones(len(investment)), investment["RealGNP"], investment["RealInt"]])
    bread = np.linalg.inv(design.T @ design)
    coefficients = bread @ design.T @ investment["RealInv"].to_numpy()
    residual = investment["RealInv"].to_numpy() - design @ coefficients
    errors = np.sqrt(np.diag(regression.hac_covariance(design, residual, bread, lags=4)))
    agrees(
        "03_hac_investment",
        {
            "b_RealGNP": coefficients[1],
            "b_RealInt": coefficients[2],
            "se_const": errors[0],
            "se_RealGNP": errors[1],
            "se_RealInt": errors[2],
        },
    )


def test_both_conventions_of_the_making_data_count_chart(values, agrees):
    series = values("06_spc_xmr_outlier", "values")
    screened = control_chart.xmr(series, range(len(series))).points.iloc[0]
    excel = control_chart.xmr(series, range(len(series)), screened=False).points.iloc[0]
    agrees(
        "06_spc_xmr_outlier",
        {
            "screened_mean": screened["centre"],
            "screened_upl": screened["upper"],
            "screened_lpl": screened["lower"],
            "excel_upl": excel["upper"],
            "excel_lpl": excel["lower"],
        },
    )
    series = values("07_spc_xmr_snapshot", "values")
    points = control_chart.xmr(series, range(len(series))).points.iloc[0]
    agrees("07_spc_xmr_snapshot", {"mean": points["centre"], "lpl": points["lower"], "upl": points["upper"]})


def test_ukhsas_intervals_for_counts_rates_and_proportions(values, agrees):
    case = "12_rate_ci_ukhsa"
    [events], [of], [few], [exact] = (values(case, name) for name in ("events", "of", "events_998", "events_exact"))
    byar, strict = intervals.byar(events), intervals.byar(few, level=0.998)
    wilson, rate = intervals.wilson(events, of), intervals.poisson_rate(exact, of, per=100)
    agrees(
        case,
        {
            "byar95_lo_65": byar.low,
            "byar95_hi_65": byar.high,
            "byar998_lo_10": strict.low,
            "byar998_hi_10": strict.high,
            "wilson95_lo_65_100": wilson.low,
            "wilson95_hi_65_100": wilson.high,
            "exact95_lo_5per100": rate.low,
            "exact95_hi_5per100": rate.high,
        },
    )


def test_darwins_maize_by_fishers_exact_randomisation(data, agrees):
    maize = data("HistData_ZeaMays.csv")
    result = few_clusters.sign_permutation(maize["cross"] - maize["self"])
    agrees(
        "19_randomisation_darwin",
        {
            "n_assignments": len(result.statistics),
            "n_ge_observed": int((result.statistics >= result.observed).sum()),
            "n_gt_observed": int((result.statistics > result.observed).sum()),
            "p_two_sided": result.p_value,
        },
    )


def test_six_localities_by_enumerated_wild_bootstrap_and_by_permutation(data, agrees):
    panel = data("sim_6loc_panel.csv")
    wild = few_clusters.wild_cluster_bootstrap(panel["y"], panel["D"], panel["loc"], panel["t"])
    after = panel["t"] >= 4
    change = panel[after].groupby("loc")["y"].mean() - panel[~after].groupby("loc")["y"].mean()
    with_change = change.index.isin(panel.loc[panel["D"] == 1, "loc"])
    permutation = few_clusters.exact_permutation(change[with_change], change[~with_change])
    agrees(
        "23_wild_cluster_6_localities",
        {"own_wcr_p": wild.p_value, "wildboottest_p": wild.p_value, "ri_p": permutation.p_value},
    )


def test_median_times_of_the_leukaemia_trial(data, agrees):
    gehan = data("MASS_gehan.csv")
    medians = {arm: survival.median_time(rows["time"], rows["cens"] == 1).estimate for arm, rows in gehan.groupby("treat")}
    agrees("24_km_logrank_cox_gehan", {"median_6mp": medians["6-MP"], "median_control": medians["control"]}, whole_case=False)


def test_aids_and_switching_as_competing_outcomes_by_aalen_johansen(data, agrees):
    aids = data("mstate_aidssi.csv")
    outcome = aids["status"].map({0: None, 1: "AIDS", 2: "SI"})
    curve = survival.aalen_johansen(aids["time"], outcome, times=[10]).curve.set_index("outcome")["share"]
    naive = survival.kaplan_meier(aids["time"], aids["status"] == 1, times=[10]).curve["share"].iloc[0]
    agrees(
        "28_competing_risks_aidssi",
        {"aj_aids_10y": curve["AIDS"], "aj_si_10y": curve["SI"], "naive_1mKM_aids_10y": naive},
        whole_case=False,
    )


def test_newcombes_difference_and_wilsons_proportion(values, agrees):
    case = "38_proportion_ci_newcombe"
    x1, n1, x2, n2, x, n = (values(case, name)[0] for name in ("x1", "n1", "x2", "n2", "x", "n"))
    difference, single = intervals.newcombe(x1, n1, x2, n2), intervals.wilson(x, n)
    agrees(
        case,
        {
            "newcombe_lo": difference.low,
            "newcombe_hi": difference.high,
            "wilson_lo": single.low,
            "wilson_hi": single.high,
        },
    )


def test_benjamini_and_hochbergs_fifteen_p_values(values, agrees):
    p = values("39_fdr_bh1995", "p_values")
    agrees(
        "39_fdr_bh1995",
        {
            "bh_rejections": int((multiplicity.benjamini_hochberg(p) <= 0.05).sum()),
            "bonferroni_rejections": int((multiplicity.bonferroni(p) <= 0.05).sum()),
        },
    )
