"""Published gaps, and pupils within schools, come out of the public functions within their tolerances."""

from helpers.designs import gaps


def test_hedges_g_of_borenstein_and_others(values, agrees):
    case = "37_hedges_g"
    difference, sd_1, sd_2, n = (values(case, name)[0] for name in ("mean_difference", "sd_1", "sd_2", "n_each"))
    result = gaps.hedges_g_from_summary(difference, sd_1, sd_2, int(n), int(n))
    agrees(case, {"d": result.d, "J": result.j, "g": result.g, "var_g": result.variance, "se_g": result.standard_error})
