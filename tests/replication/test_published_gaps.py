"""Published gaps, and pupils within schools, come out of the public functions within their tolerances."""

from helpers.designs import gaps, multilevel


def test_hedges_g_of_borenstein_and_others(values, agrees):
    case = "37_hedges_g"
    difference, sd_1, sd_2, n = (values(case, name)[0] for name in ("mean_difference", "sd_1", "sd_2", "n_each"))
    result = gaps.hedges_g_from_summary(difference, sd_1, sd_2, int(n), int(n))
    agrees(case, {"d": result.d, "J": result.j, "g": result.g, "var_g": result.variance, "se_g": result.standard_error})


def test_examination_marks_within_schools(data, agrees):
    exam = data("mlmRev_Exam.csv")
    about = {"outcome": "normexam", "group": "school"}
    null = multilevel.multilevel(exam, covariates=[], **about)
    main = multilevel.multilevel(exam, covariates=["standLRT"], **about)
    full = multilevel.multilevel(exam, covariates=["standLRT"], restricted=False, **about)
    slope = multilevel.multilevel(exam, covariates=["standLRT"], slope="standLRT", **about)
    agrees(
        "34_multilevel_exam_schools",
        {
            "null_sd_school": null.sd_group,
            "null_sd_resid": null.sd_residual,
            "reml_null": null.deviance,
            "b_standLRT": main.coefficients.loc["standLRT", "estimate"],
            "sd_school": main.sd_group,
            "sd_resid": main.sd_residual,
            "reml": main.deviance,
            "slope_sd": slope.sd_slope,
            "ml_loglik": full.log_likelihood,
        },
    )
