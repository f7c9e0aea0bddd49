"""Asking many questions is allowed for, and only the questions asked are counted."""

import numpy as np
import pytest

from helpers.designs import multiplicity

PUBLISHED = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528, 0.759, 1.0]


def test_benjamini_and_hochberg_reject_four_of_their_fifteen_and_bonferroni_three():
    assert (multiplicity.benjamini_hochberg(PUBLISHED) < 0.05).sum() == 4
    assert (multiplicity.bonferroni(PUBLISHED) < 0.05).sum() == 3


def test_the_order_given_is_kept_and_a_missing_p_value_is_not_part_of_the_family():
    adjusted = multiplicity.benjamini_hochberg([0.5, np.nan, 0.01])
    assert adjusted[0] == 0.5 and np.isnan(adjusted[1]) and adjusted[2] == 0.02


def test_a_p_value_above_one_is_refused():
    with pytest.raises(ValueError):
        multiplicity.benjamini_hochberg([1.2])
