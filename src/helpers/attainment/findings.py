"""What a page may say of gaps in pupil files, and what it cannot."""

from helpers import evidence, wording
from helpers.attainment.groups import ATTAINMENT, Group
from helpers.designs.multilevel import Multilevel
from helpers.results import Effect

SMALLEST_SPREAD = 0.5  # points: below it schools' gaps are the same for any purpose


def gap_finding(effect: Effect, key: str, group: Group, **common) -> evidence.Finding:
    """The gap of the latest year as a level; `common` as `evidence.describe`."""
    ahead = effect.ci_high < 0
    state = "ahead of" if ahead else "behind" if effect.ci_low > 0 else "not clearly apart from"
    return evidence.describe(
        effect, finding_id="gap-in-pupil-files",
        statement=f"{wording.sentence_case(group.name)} were {state} {group.other_name} in {ATTAINMENT[key].name}: "
        "{value} (95% interval {interval}).", because="a standing gap: no effect is claimed", **common,
    )  # fmt: skip


def change_finding(effect: Effect, years: tuple[str, str], group: Group, **common) -> evidence.Finding:
    """Whether the gap of the last year differs from the first one's; `common` as `evidence.find`."""
    between = f"between the summers of {years[0]} and {years[1]}: {{size}}, 95% interval {{interval}}"
    subject = f"The gap between {group.name} and {group.other_name}"
    return evidence.find(
        effect, finding_id="change-in-the-gap", lower=f"{subject} was smaller, {between}.",
        higher=f"{subject} was larger, {between}.", unclear=f"{subject} shows no clear change {between}.", **common,
    )  # fmt: skip


def gap_size(effect: Effect) -> tuple[str, str]:
    """The gap of the latest year in words, as a finding's large figure, and what that figure is."""
    way = "behind" if effect.estimate >= 0 else "ahead"
    return wording.amount(abs(effect.estimate), effect.scale, 1), f"{way}, in the latest summer of the pupil files"


def largest_title(gaps: dict[str, Effect]) -> str:
    """Which group is furthest behind, for the title of a chart; none where the furthest may be level, or the next as far."""
    (name, effect), *others = sorted(gaps.items(), key=lambda item: -item[1].estimate)
    if effect.ci_low <= 0:
        return "No group is clearly behind"
    if any(other.ci_high >= effect.ci_low for _, other in others):
        return "No group is clearly further behind than every other"
    return f"{name.split(', against ')[0]} are furthest behind"


def schools_note(fit: Multilevel, group: Group) -> str:
    """How much schools' own gaps differ once chance is taken out, in a sentence; never a school."""
    gap, spread, write = abs(fit.coefficients.loc["in_group", "estimate"]), fit.sd_slope, wording.number
    schools = f"Across {write(len(fit.groups))} schools the average gap of {group.name} is {write(gap, 1)} points."
    between = f"Of the differences between pupils that are left, {write(100 * fit.icc, 0)}% lie between schools."
    if spread < SMALLEST_SPREAD:
        return f"{schools} Once chance is taken out, schools' own gaps hardly differ. {between}"
    low, high = write(gap - 1.96 * spread, 1), write(gap + 1.96 * spread, 1)
    return (
        f"{schools} Once chance is taken out, schools' own gaps differ with a standard deviation of {write(spread, 1)} points: "
        f"in most of them the gap lies between {low} and {high} points. {between} Each school's own gap rests on few pupils, so "
        "no school is named and none is ranked."
    )


def limits(records) -> list[tuple[str, str]]:
    """What the page cannot tell, worst first, with the direction of each bias."""
    known = [
        (
            "What makes a gap. Families' circumstances, absence, special needs and schools all differ between the groups.",
            "not known",
        ),
        (
            "Whether a change comes from pupils or from who counts as disadvantaged: since 2018 children keep free school meals "
            "once they have them, so the group has grown and its members differ from those of before.",
            "either way",
        ),
        (
            "What happened in 2020 and 2021, when no tests were sat, and how grades of 2022, set more generously, compare.",
            "2022 looks too good",
        ),
        (
            "Whether a gap of one phase is larger than that of another: different tests are not one scale. Only the rank among "
            "similar places can be read across phases.",
            "not comparable",
        ),
        ("Pupils taught at home or in independent schools, who are in few of these figures.", "not known"),
        (
            "How far chance moves published gaps of small groups, where the department prints percentages without the counts.",
            "differences look surer than they are",
        ),
    ]
    if "pupils" in records.tables:
        return known
    return [*known, ("How gaps differ between schools, and by social care: that takes pupil files.", "not known")]
