"""Published Cox regressions and recurrent events come out of the public functions within their tolerances."""

import pandas as pd

from helpers.designs import cox, survival


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
