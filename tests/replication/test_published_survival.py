"""Published Cox regressions and recurrent events come out of the public functions within their tolerances."""

import pandas as pd

from helpers.designs import cox, negative_binomial, recurrent_events, survival


def test_the_leukaemia_trial_by_cox(data, agrees):
    gehan = data("MASS_gehan.csv")
    control = pd.DataFrame({"control": (gehan["treat"] == "control").astype(float)})
    fits = {
        ties: cox.cox(control, stop=gehan["time"], event=gehan["cens"] == 1, ties=ties).coefficients
        for ties in ("breslow", "efron")
    }
    agrees(
        "24_km_logrank_cox_gehan",
        {
            "cox_breslow": fits["breslow"].loc["control", "estimate"],
            "cox_efron": fits["efron"].loc["control", "estimate"],
            "hr_efron": fits["efron"].loc["control", "hazard_ratio"],
        },
        whole_case=False,
    )


def test_aids_and_switching_by_cause_specific_and_fine_gray_regression(data, agrees):
    aids = data("mstate_aidssi.csv").dropna(subset="ccr5")
    deletion = pd.DataFrame({"WM": (aids["ccr5"] == "WM").astype(float)})
    outcome = aids["status"].map({0: None, 1: "aids", 2: "si"})
    computed = {}
    for cause in ("aids", "si"):
        specific = survival.cause_specific(deletion, aids["time"], outcome, cause=cause).coefficients.loc["WM"]
        incidence = survival.fine_gray(deletion, aids["time"], outcome, cause=cause).coefficients.loc["WM"]
        computed |= {f"cs_{cause}": specific["estimate"], f"cs_{cause}_se": specific["standard_error"]}
        computed |= {f"fg_{cause}": incidence["estimate"], f"fg_{cause}_robust": incidence["standard_error"]}
    agrees("28_competing_risks_aidssi", computed, whole_case=False)


def test_the_leukaemia_trial_by_log_rank(data, agrees):
    gehan = data("MASS_gehan.csv")
    result = survival.log_rank(gehan["time"], gehan["cens"] == 1, gehan["treat"])
    agrees("24_km_logrank_cox_gehan", {"logrank_chi2": result.statistic}, whole_case=False)


def test_the_bladder_trial_by_every_model_of_recurrent_events(data, agrees):
    intervals, rows = data("survival_bladder2.csv"), data("survival_bladder.csv")
    columns = ["rx", "size", "number"]
    about = {"covariates": columns, "person": "id", "ties": "breslow"}
    rate = recurrent_events.andersen_gill(intervals, **about).coefficients
    total, gap = (
        recurrent_events.prentice_williams_peterson(intervals, order="enum", time=time, **about).coefficients
        for time in ("total", "gap")
    )
    second = intervals[intervals["enum"] == 2]  # 29 events for three covariates: fewer than are asked for by default
    from_entry, from_first = (
        cox.cox(second[columns], stop=stop, event=second["event"], ties="breslow", events_a_parameter=9).coefficients
        for stop in (second["stop"], second["stop"] - second["start"])
    )
    marginal = recurrent_events.wei_lin_weissfeld(rows, order="enum", events_a_parameter=4, **about).by_order
    covariance = marginal.covariance
    agrees(
        "26_recurrent_bladder",
        {
            "ag_rx": rate.loc["rx", "estimate"],
            "ag_rx_se": rate.loc["rx", "model_error"],
            "ag_rx_robust": rate.loc["rx", "standard_error"],
            "ag_size_robust": rate.loc["size", "standard_error"],
            "ag_number": rate.loc["number", "estimate"],
            "ag_number_robust": rate.loc["number", "standard_error"],
            "prentice2_total_rx": from_entry.loc["rx", "estimate"],
            "prentice2_gap_rx": from_first.loc["rx", "estimate"],
            **{f"wlw_rx{k}": marginal.coefficients.loc[f"rx, event {k}", "estimate"] for k in range(1, 5)},
            "wlw_var11": covariance[0, 0],
            "wlw_var12": covariance[0, 1],
            "wlw_var44": covariance[3, 3],
            "pwp_total_rx": total.loc["rx", "estimate"],
            "pwp_total_robust": total.loc["rx", "standard_error"],
            "pwp_gap_rx": gap.loc["rx", "estimate"],
            "pwp_gap_robust": gap.loc["rx", "standard_error"],
        },
    )


def test_the_bladder_trials_robust_error_with_efrons_ties_is_not_that_of_a_library_that_leaves_ties_out(data):
    intervals = data("survival_bladder2.csv")
    fit = recurrent_events.andersen_gill(intervals, covariates=["rx", "size", "number"], person="id")
    assert round(fit.coefficients.loc["rx", "standard_error"], 4) == 0.2656


def test_days_absent_in_quines_schools_by_negative_binomial(data, agrees):
    quine = data("MASS_quine.csv")
    factors = pd.get_dummies(quine[["Eth", "Sex", "Age", "Lrn"]], drop_first=True, prefix_sep="", dtype=float)
    fit = negative_binomial.negative_binomial(quine["Days"], factors)
    agrees(
        "29_negbin_quine",
        {
            "EthN": fit.coefficients.loc["EthN", "estimate"],
            "LrnSL": fit.coefficients.loc["LrnSL", "estimate"],
            "theta": 1 / fit.alpha,
            "twologlik": 2 * fit.log_likelihood,
        },
    )
