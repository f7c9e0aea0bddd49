"""TRUTH.md: each planted effect with its true size, what it was planted in, and what was not planted."""

from helpers import wording
from helpers.synthetic import endings, missing, pathways, place, practice, schools
from helpers.synthetic.authority import KNOWN, Authority
from helpers.synthetic.place import AUTHORITY, LOCALITIES, SHIPPED_SEED

SCALED_SCORE = 7.6  # points of a scaled score in a standard deviation


def truth(authority: Authority) -> str:
    """The text of TRUTH.md, from the same numbers that the records were drawn with."""
    effects, day = authority.effects, wording.day
    pilots = wording.listing(place.PILOT)
    others = wording.listing([name for name in LOCALITIES if name not in place.PILOT])
    chances = endings.WITHIN_12_MONTHS
    step_down, escalation = chances["step-down"], chances["escalation"]
    size = "" if authority.scale == 1 else f" --children {round(authority.scale * KNOWN)}"
    summer = place.ATTAINMENT_CHANGED_IN
    gap = {name: f"{value:+.2f}" for name, value in schools.GAPS.items()}
    shipped = SHIPPED if (authority.seed, authority.scale) == (SHIPPED_SEED, 1) else ""
    return f"""# What is true of the made-up authority

{AUTHORITY} and its six localities do not exist. Every record was drawn by `python -m helpers.synthetic --seed {authority.seed}{size}`;
this file is written by the same program, from the same numbers. An analysis of these records is right when its interval holds
the true size.

| what | from | where | true size |
|---|---|---|---|
| missing incidents, rate ratio (from home and in care alike) | {day(place.MISSING_CHANGED_ON)} | everywhere | {effects.missing_incidents:.2f} |
| completed return home interviews that were within 72 hours, difference | {day(place.INTERVIEWS_CHANGED_ON)} | everywhere | {effects.interviews_within_72_hours:+.2f} (from {missing.WITHIN_72_HOURS:.2f}) |
| child protection plan starts, rate ratio | {day(place.SFT_FIRST_WAVE)} | {pilots} | {effects.plan_starts:.2f} |
| child protection plan starts, rate ratio | {day(place.SFT_SECOND_WAVE)} | {others} | {effects.plan_starts:.2f} |
| plans stepped down to child in need within 12 months of their start, difference | plans starting from the same days | the same | {effects.step_down:+.2f} (from {step_down:.2f}) |
| plans ended by becoming looked after within 12 months of their start, difference | plans starting from the same days | the same | {effects.escalation:+.2f} (from {escalation:.2f}) |
| contacts that become referrals, difference (early help gains as many) | {day(place.FRONT_DOOR_CHANGED_ON)} | everywhere | {effects.contact_to_referral:+.2f} (from {pathways.CONTACT_TO_REFERRAL:.2f}) |
| early help that steps up within 6 months of starting, difference | episodes starting from {day(place.FRONT_DOOR_CHANGED_ON)} | everywhere | {effects.step_up:+.2f} (from {pathways.STEPS_UP:.2f}) |
| case audits graded good or outstanding, difference | {day(place.AUDITS_CHANGED_ON)} | everywhere | {effects.audits_good:+.2f} (from {practice.GOOD:.2f}) |
| case audits graded good or outstanding, difference made by the new tool alone | {day(practice.NEW_TOOL_ON)} | everywhere | {practice.NEW_TOOL:+.2f} |
| gap of disadvantaged pupils in reading and maths at key stage 2, standard deviations, all else alike | summer {summer} | everywhere | {effects.attainment_gap:+.2f} (from {gap["disadvantaged"]}) |

## Plans and Safeguarding Families Together

Chances within 12 months of a plan's start without it: step-down {step_down:.2f}, closure {chances["closure"]:.2f}, escalation
{escalation:.2f}, other (moved away, turned 18) {chances["other"]:.2f}, still open the rest. A child who turns 18 within the 12 months
leaves as "other", which takes a little from each.

- Step-down: the plan ends and the child in need episode stays open for 28 days or more. Closure: both end within a week.
  Escalation: an episode of care starts within the 14 days up to the plan's end. Other: another authority, or 18.
- The effect belongs to the locality, not to the family's allocation: families with and without an allocation there share it.
- Brothers and sisters share a plan's start, and its ending with probability {endings.SAME_AS_SIBLINGS:.2f}: children are not independent.
- {pathways.REPEATS:.0%} of families whose plan starts had one before; plans are recorded from {day(place.PLANS_FROM)}.

## The front door

- A contact's outcome is a referral, early help, information and advice, or no further action. Referrals of every kind count, those
  that lead to a plan and those after early help too, so the share above is of all contacts. Early help takes {pathways.CONTACT_TO_EARLY_HELP:.2f} of
  contacts before the change.
- Early help that steps up ends on the day of the referral; another {pathways.STEPS_UP_LATER:.2f} step up after six months, the same all along.
- About one referral in eight follows another of the same child within 12 months: no change was planted in that.
- The codes of early help (source 5D, closure RC9) exist from {day(place.CODES_OF_2022)}: a step there is a change of recording.

## Attainment

- Standard deviations, all else alike: disadvantaged {gap["disadvantaged"]}, SEN support {gap["SEN support"]}, EHC plan {gap["EHCP"]},
  girls {gap["girl"]} (in mathematics less by 0.22), child in need {gap["child in need"]}, looked after {gap["looked after"]}; schools differ by
  {schools.SCHOOLS_DIFFER:.2f}, the same every year. A standard deviation is {SCALED_SCORE} points of a scaled score and 17.5 of Attainment 8.
- SEN and being in need are commoner among disadvantaged pupils, so the plain gap is wider than the one all else alike; its change
  at key stage 2 is the planted one. Key stage 4 and the early years have none. Summers 2020 and 2021 have no results.

## The rest

- Every series has seasons. The pandemic lowers missing incidents from March 2020 to July 2021 (0.60, then 0.85 of the ordinary
  number), contacts while schools were closed, and plan starts from April to June 2020, with more in the autumn of 2020.
- Localities differ in need and drift from month to month by chance, the same before and after the changes.
- Missing incidents: a few children go missing often and most never; a child's proneness changes every four months. The numbers
  of children in care and of unaccompanied children grow slowly, with no change on any of the dates.
{shipped}- Nothing else was planted: no difference between girls and boys but in attainment, none by ethnicity, no change in who is offered an
  interview, none in plan length given the ending, none on any other date. Audits stop for two months before the new tool.
- About 2 to 4% of cells in four columns of the missing log are left empty at random.
- One child has one identifier in every file, and every file tells the same story.
- Identifiers (two letters of which the second is Q, then five characters and a digit), postcodes (QX…) and pupil numbers (Q000…)
  are unique by construction: they stand in these files and nowhere else.
"""  # noqa: E501


SHIPPED = """- The seed that ships was chosen among eight as one in which the change in plan starts is found and every interval holds its true
  size: a page made from it shows what a found effect looks like, and how often one would be found is not to be learnt from it. Over
  the eight, plain comparisons ran from 0.52 to 0.62 for missing incidents, from 0.52 to 0.83 for plan starts, from +0.01 to +0.32
  for step-down, from -0.09 to -0.07 for contacts that become referrals, from -0.08 to -0.06 for step-up after early help and from
  +0.11 to +0.17 for audits.
"""  # noqa: E501
