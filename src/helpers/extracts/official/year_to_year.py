"""How far a year's figure of an English authority lies from its own path: measured, a row a headline measure.

Of every authority and every three years in a row in the department's files the middle year is set against the mean of the years
beside it, as a log (shares: log odds), less the median of all authorities in that year, so that neither a trend nor what moved
all of England counts. Written by `python benchmarks/year_to_year.py FOLDER`. With chance alone 5% of such years would lie beyond
its 95% limits; without these allowances 72% of referrals do, 61% of section 47 enquiries, 45% of plans started, 24% of children
who start to be looked after; with them 5% to 8%. A path itself moves: of changes from one year to the next, less England's, 3%
to 11% lie beyond such limits, over three years 5% to 28%, over five 8% to 35%, so that a change of several years beyond them is
nothing out of the ordinary. Children looked after on 31 March and shares of them who go missing vary no more than chance, mostly
less, since the same children are counted again.
"""

from helpers.measures import Spread

SPREADS = {
    "children_missing_share": Spread(1.0, 0.0),
    "children_missing_more_than_once_share": Spread(1.0, 0.0),
    "children_away_share": Spread(1.6, 0.037),
    "plans_started_rate": Spread(4.7, 0.083),
    "plans_open_rate": Spread(3.6, 0.093),
    "repeat_plans_share": Spread(2.8, 0.0),
    "plans_open_two_years_share": Spread(1.0, 0.224),
    "section_47_rate": Spread(7.5, 0.092),
    "initial_conferences_rate": Spread(5.7, 0.077),
    "children_in_need_rate": Spread(1.6, 0.07),
    "referral_rate": Spread(2.4, 0.103),
    "re_referrals_share": Spread(4.8, 0.109),
    "looked_after_rate": Spread(1.0, 0.0),
    "starting_care_rate": Spread(1.9, 0.069),
    "ceasing_care_rate": Spread(1.1, 0.079),
    "no_further_action_share": Spread(8.5, 0.406),
    "assessed_not_in_need_share": Spread(53.8, 0.076),
    "conferences_in_15_days_share": Spread(2.5, 0.376),
    "unaccompanied_share": Spread(1.0, 0.118),
    "three_placements_share": Spread(1.0, 0.079),
    "long_term_stability_share": Spread(1.0, 0.0),
    "care_leavers_in_touch_share": Spread(1.0, 0.128),
    "care_leavers_suitable_accommodation_share": Spread(1.0, 0.065),
    "care_leavers_in_education_or_work_share": Spread(1.0, 0.0),
    "grade_5_english_maths": Spread(1.7, 0.019),
    "plans_in_20_weeks_share": Spread(17.6, 0.474),
}
