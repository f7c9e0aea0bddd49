"""Child protection plans: how often they start, what ended each, and how places with a change differ from places without."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from helpers import evidence, measures, wording
from helpers.cohorts import Cohort
from helpers.designs import few_clusters, power, survival
from helpers.extracts import Extracts
from helpers.measures import Measure
from helpers.results import Check, Effect, NotEnoughData

SHORT_BREAKS = ("V3", "V4")
MOVED = ("RC2", "RC5", "RC6")  # died, transferred to another authority, transferred to adult services
OUTCOMES = ("Stepped down", "Closed", "Entered care", "Moved or aged out")
STILL_OPEN = "Still open"
DAYS_A_MONTH = 30.4375
# What on the timeline can move plans and what they lead to.
TOUCHED = ("child protection", "plan starts", "section 47", "entries to care", "care entries", "referrals")
HEADLINES = [  # keys of published headline measures that the service could move
    "plans_started_rate",
    "plans_open_rate",
    "repeat_plans_share",
    "plans_open_two_years_share",
    "section_47_rate",
    "looked_after_rate",
]
# What a planned comparison of six localities assumes where no record can say (methods of few places): counts vary twice as
# much as chance alone, and a locality drifts by a tenth for reasons of its own.
OVERDISPERSION, DRIFT = 2.0, 0.1


def counted(plans: pd.DataFrame) -> pd.DataFrame:
    """The plans, or NotEnoughData where none is left to count."""
    if plans.empty:
        raise NotEnoughData("No plan with a known locality is left to count.")
    return plans


def starts_by_locality(plans: pd.DataFrame, months: pd.PeriodIndex) -> pd.DataFrame:
    """Plans started by locality and month: locality, period (first of the month), events, exposure.

    `months` are those in which the records list every plan (`Extracts.whole_months`): of earlier ones only some are left.
    Exposure is 1 a month: the number of children in a locality is taken not to change, and so cancels out of every
    comparison of a locality with itself. Every locality has a row for every month.
    """
    places = sorted(plans["cppl_locality"].dropna().unique())
    index = pd.MultiIndex.from_product([places, months.to_timestamp()], names=["locality", "period"])
    month = plans["cppl_cp_plan_start_date"].dt.to_period("M").dt.to_timestamp().rename("period")
    events = plans.groupby([plans["cppl_locality"].rename("locality"), month]).size().reindex(index, fill_value=0)
    return events.rename("events").reset_index().assign(exposure=1.0)


def starts_by_half_year(plans: pd.DataFrame, *, basis: str, source: str) -> Measure:
    """Plans started in each half of a reporting year (from April and from October) by locality, as counts, 0 where none."""
    start = plans["cppl_cp_plan_start_date"]
    half = (start.dt.month.between(4, 9)).map({True: 4, False: 10})
    year = start.dt.year - (start.dt.month < 4)
    period = pd.to_datetime({"year": year, "month": half, "day": 1})
    counted = measures.counts(
        plans.assign(period=period, locality=plans["cppl_locality"]),
        measure="child protection plans started", by=["period", "locality"],
        unit="plans in each half-year", population="child protection plans", basis=basis, source=source,
    )  # fmt: skip
    halves = pd.date_range(period.min(), period.max(), freq="6MS")
    every = pd.MultiIndex.from_product([halves, sorted(plans["cppl_locality"].unique())], names=counted.dimensions)
    data = counted.data.set_index(list(counted.dimensions)).reindex(every).fillna({"numerator": 0}).reset_index()
    return replace(counted, data=data)


def plan_outcomes(
    plans: pd.DataFrame, cin_episodes: pd.DataFrame, cla_episodes: pd.DataFrame, *, known_until, sustained_days: int = 28
) -> pd.DataFrame:
    """What first ended each plan: one row a plan, with `outcome` (one of OUTCOMES, or STILL_OPEN) and `months` from its start.

    Entered care: the child began to be looked after (short breaks aside) from the plan's start to `sustained_days` after its
    end. Stepped down: the plan ended and the child in need episode stayed open for at least `sustained_days` more. Closed: both
    ended. Moved or aged out: the episode then closed for one of MOVED. Still open: none of these by `sustained_days` before
    `known_until`, the last day that the records cover: what a plan that ended since has led to is not known yet, and none is
    followed longer, or it would seem that fewer end. Left out: plans that started since. Each has its episode (`traced`).
    """
    last = pd.Timestamp(known_until) - pd.Timedelta(days=sustained_days)
    plans = plans[plans["cppl_cp_plan_start_date"] <= last].reset_index(drop=True)
    ended = plans["cppl_cp_plan_end_date"].where(plans["cppl_cp_plan_end_date"] <= last)
    episode = cin_episodes.drop_duplicates("cine_referral_id").set_index("cine_referral_id")
    of_plan = episode.reindex(plans["cppl_referral_id"]).set_axis(plans.index)
    closed, reason = of_plan["cine_close_date"], of_plan["cine_close_reason"]
    entered = _first_entry(plans, ended, cla_episodes, last, sustained_days)
    goes_on = closed.isna() | ((closed - ended).dt.days >= sustained_days)
    happened = [entered.notna(), ended.isna(), ~goes_on & reason.isin(MOVED), goes_on]
    plans["outcome"] = np.select(happened, ["Entered care", STILL_OPEN, "Moved or aged out", "Stepped down"], "Closed")
    left = entered.fillna(ended).fillna(last)
    plans["months"] = (left - plans["cppl_cp_plan_start_date"]).dt.days.clip(lower=0) / DAYS_A_MONTH
    return plans


def _first_entry(plans, ended, cla_episodes, known_until, sustained_days) -> pd.Series:
    """The day each plan's child first began to be looked after while the plan ran, or just after it ended."""
    begins = (cla_episodes["clae_cla_episode_start_reason"] == "S") & ~cla_episodes["lega_legal_status"].isin(SHORT_BREAKS)
    entries = pd.DataFrame(
        {
            "plan": plans.index,
            "clae_person_id": plans["cppl_person_id"],
            "first": plans["cppl_cp_plan_start_date"],
            "last": (ended + pd.Timedelta(days=sustained_days)).fillna(known_until),
        }
    ).merge(cla_episodes.loc[begins, ["clae_person_id", "clae_cla_episode_start_date"]], on="clae_person_id")
    day = entries["clae_cla_episode_start_date"]
    within = (day >= entries["first"]) & (day <= entries["last"])
    return entries[within].groupby("plan")["clae_cla_episode_start_date"].min().reindex(plans.index)


def traced(plans: pd.DataFrame, records: Extracts) -> Cohort:
    """Of the plans counted those whose outcome the records can tell: begun once care is recorded, their own episode held."""
    cohort = Cohort.of(plans, "child protection plans counted above")
    begun = plans["cppl_cp_plan_start_date"] >= records.span("cla_episodes")[0]
    told = plans["cppl_referral_id"].isin(records["cin_episodes"]["cine_referral_id"])
    return cohort.keep(begun, "that began once care is recorded").keep(told, "whose child in need episode is in the records")


@dataclass(frozen=True)
class Followed:
    """Plans with their outcomes: those that started before the change, followed up to it, and those after, up to `until`.

    Nobody in `before` is followed into the change, and nobody in `after` into a change of the other localities.
    """

    before: pd.DataFrame
    after: pd.DataFrame


def followed(plans: pd.DataFrame, records: Extracts, *, change_on, until) -> Followed:
    """The outcomes of plans that started before `change_on`, and from then to `until`, each known to the day before.

    Where the records of plans, referrals or care end earlier, to that day; of plans those that are `traced`.
    """
    change, end, day = pd.Timestamp(change_on), pd.Timestamp(until), pd.Timedelta(days=1)
    plans = traced(plans, records).frame
    began = plans["cppl_cp_plan_start_date"]

    def outcomes(of: pd.DataFrame, last: pd.Timestamp) -> pd.DataFrame:
        known_until = records.known_to("cp_plans", "cin_episodes", "cla_episodes", period_end=last)
        return plan_outcomes(of, records["cin_episodes"], records["cla_episodes"], known_until=known_until)

    return Followed(outcomes(plans[began < change], change - day), outcomes(plans[(began >= change) & (began < end)], end - day))


def outcome_curves(outcomes: pd.DataFrame, pilots: list[str], *, months: list[int]) -> dict[str, survival.CumulativeIncidence]:
    """The share of plans ended each way by each of these months after their start, in the pilot localities and the others."""
    chosen = outcomes["cppl_locality"].isin(pilots)
    return {
        name: survival.aalen_johansen(group["months"], _ended(group), times=months, causes=list(OUTCOMES[:3]))
        for name, group in (("Pilot localities", outcomes[chosen]), ("Other localities", outcomes[~chosen]))
    }


def outcome_difference(plans: Followed, pilots: list[str], *, cause: str, better: str, follow_up_months: int) -> Effect:
    """How the share of plans ended by `cause` within the follow-up changed in the pilot localities, less the others.

    In percentage points; each locality is one number, its share after less its share before, so that what sets localities
    apart is not taken for the service and six localities are not taken for hundreds of families. The interval is a t on
    localities less two. NotEnoughData where a locality has too few plans on either side.
    """
    change, others = _changes(plans.before, plans.after, pilots, cause, follow_up_months)
    collapsed, permutation = few_clusters.collapsed_t(change, others), few_clusters.exact_permutation(change, others)
    pooled = _pooled(plans.after, pilots, cause=cause, better=better, follow_up_months=follow_up_months)
    return Effect(
        _outcome_name(cause, follow_up_months), collapsed.estimate, collapsed.ci_low, collapsed.ci_high, "percentage points", 0.0,
        "competing_risks", len(plans.before) + len(plans.after), "plans", collapsed.p_value, better, len(change) + len(others),
        permutation.smallest_p,
        checks=(_same_before(plans.before, pilots, cause, follow_up_months), pooled),
    )  # fmt: skip


def _changes(first, later, pilots, cause: str, follow_up_months: int) -> tuple[pd.Series, pd.Series]:
    """How each locality's share moved between the two lots of plans, in percentage points: the pilots', the others'."""
    shares = [_shares_by_locality(group, cause, follow_up_months) for group in (first, later)]
    change = 100 * (shares[1] - shares[0])
    if change.isna().any():
        raise NotEnoughData(f"{change.index[change.isna()][0]} has plans only among the earlier or only among the later.")
    chosen = change.index.isin(pilots)
    return change[chosen], change[~chosen]


def _shares_by_locality(outcomes: pd.DataFrame, cause: str, follow_up_months: int) -> pd.Series:
    shares = {}
    for locality, group in outcomes.groupby("cppl_locality"):
        try:
            result = survival.aalen_johansen(group["months"], _ended(group), times=[follow_up_months], causes=[cause])
        except NotEnoughData:
            raise NotEnoughData(f"{locality} has too few plans, or too few that ended or were followed so long.") from None
        shares[locality] = float(result.curve["share"].iloc[-1])
    return pd.Series(shares)


def _ended(outcomes: pd.DataFrame) -> pd.Series:
    """What ended each plan, missing where it is still open."""
    return outcomes["outcome"].where(outcomes["outcome"] != STILL_OPEN)


def _outcome_name(cause: str, follow_up_months: int) -> str:
    return f"plans that ended with the child {IN_WORDS[cause]} within {wording.count_of(follow_up_months, 'month')}"


IN_WORDS = {
    "Stepped down": "stepped down to support as a child in need",
    "Closed": "closed to children's services",
    "Entered care": "entering care",
}


def _same_before(before: pd.DataFrame, pilots: list[str], cause: str, follow_up_months: int) -> Check:
    """Passes where, between two halves of the earlier plans, the pilots' share moved as the others' did: their trends were alike.

    That their levels differ is no threat, since each locality is compared with itself.
    """
    name, started = "The same localities before the change", before["cppl_cp_plan_start_date"]
    middle = started.median()
    try:
        moved = few_clusters.collapsed_t(
            *_changes(before[started <= middle], before[started > middle], pilots, cause, follow_up_months)
        )
    except NotEnoughData as reason:
        return Check(name, None, str(reason))
    points = f"{wording.number(moved.estimate, 1)} percentage points ({wording.interval(moved.ci_low, moved.ci_high, 1)})"
    detail = f"from plans started before {wording.month(middle)} to those since, the pilots moved by {points} beside the others"
    return Check(name, bool(moved.p_value >= 0.05), detail)


def _pooled(after: pd.DataFrame, pilots: list[str], *, cause: str, better: str, follow_up_months: int) -> Check:
    """Worth knowing: pilot localities less the others among the later plans, pooled, with siblings counted as one family."""
    name = "Families pooled over localities, after the change alone"
    try:
        pooled = survival.difference_at(
            after["months"], _ended(after), cause=cause, at=follow_up_months, better=better, n_unit="plans",
            cluster=after["cppl_family_id"].fillna(after["cppl_person_id"]), with_change=after["cppl_locality"].isin(pilots),
            name=_outcome_name(cause, follow_up_months),
        )  # fmt: skip
    except NotEnoughData as reason:
        return Check(name, None, str(reason))
    points = wording.interval(pooled.ci_low, pooled.ci_high, 1)
    size = wording.number(pooled.estimate, 1)
    detail = f"{size} percentage points ({points}); too narrow, since localities differ for other reasons"
    return Check(name, None, detail)


def detectable_fall(
    starts_a_year: float, *, localities: int, pilots: int, months_before: int, months_after: int
) -> power.Detectable:
    """The smallest fall in plan starts that a comparison of so few localities would find four times in five, as planned."""
    error = _planned_error(starts_a_year, localities, pilots, months_before, months_after)
    return power.few_places(error, with_change=pilots, without=localities - pilots)


def detectable_in(result, by_locality: pd.DataFrame, *, change_on: str) -> str:
    """What size of effect a difference in differences could have seen: by its own error or the planned one, the larger.

    With six localities an error can come out small by luck, and what could be seen must not be read off a lucky one.
    """
    localities, pilots = len(result.places), int(result.places["with_change"].sum())
    starts = 12 * by_locality["events"].sum() / by_locality["period"].nunique()
    before = by_locality["period"][by_locality["period"] < change_on].nunique()
    planned = _planned_error(starts, localities, pilots, before, by_locality["period"].nunique() - before)
    error = max(planned, result.collapsed.standard_error)
    return detectable_in_words(power.few_places(error, with_change=pilots, without=localities - pilots), starts)


def _planned_error(starts_a_year, localities, pilots, months_before, months_after) -> float:
    return power.standard_error_of_places(
        events_a_month=starts_a_year / 12 / localities, months_before=months_before, months_after=months_after,
        with_change=pilots, without=localities - pilots, phi=OVERDISPERSION, drift=DRIFT,
    )  # fmt: skip


def detectable_in_words(detectable: power.Detectable, starts_a_year: float) -> str:
    """What size of effect could have been seen, in a sentence; the number of plans to the nearest ten."""
    seen = f"{wording.number(100 * (1 - detectable.fall), 0)}% or more" if detectable.fall else "of any size below the whole"
    return (
        f"With about {wording.number(round(starts_a_year, -1))} plans started a year and {detectable.needs} compared, "
        f"only a fall of {seen} would be found four times in five. A smaller effect, good or bad, could be there unseen. "
        f"This takes counts to vary {wording.small(int(OVERDISPERSION))} times as much as chance alone would make them, since "
        f"brothers and sisters start plans together, and a locality to drift by {wording.number(100 * DRIFT)}% on its own."
    )


def months_between(start, end) -> int:
    """Whole months from one date to another."""
    start, end = pd.Timestamp(start), pd.Timestamp(end)
    return (end.year - start.year) * 12 + end.month - start.month


def followed_counts(outcomes: pd.DataFrame, pilots: list[str], *, basis: str, source: str) -> Measure:
    """How many plans are followed in the pilot localities and in the others."""
    side = outcomes["cppl_locality"].isin(pilots).map({True: "Pilot localities", False: "Other localities"})
    return measures.counts(
        outcomes.assign(localities=side), measure="plans followed", by=["localities"], unit="plans",
        population="child protection plans started after the change", basis=basis, source=source,
    )  # fmt: skip


def outcome_findings(down: Effect, care: Effect, *, follow_up_months: int, **common) -> list[evidence.Finding]:
    """The findings of stepping down and of entering care; `common` is what `evidence.find` takes besides words."""
    within = f"within {wording.count_of(follow_up_months, 'month')}"

    def found(effect: Effect, finding_id: str, happening: str, hoped: str) -> evidence.Finding:
        changed = f"{happening} {within} in the pilot localities: {{size}} than in the others (95% interval {{interval}})"
        unclear = f"We cannot tell whether {hoped} {within} where the service began: {{size}}, 95% interval {{interval}}."
        return evidence.find(
            effect, finding_id=finding_id, subject="Safeguarding Families Together", higher=f"more {changed}",
            lower=f"fewer {changed}", unclear=unclear, **common,
        )  # fmt: skip

    return [
        found(down, "stepped-down", "plans stepping down", "more plans stepped down"),
        found(care, "entered-care", "children entering care", "fewer children entered care"),
    ]


def limits(records) -> list[tuple[str, str]]:
    """What the page cannot tell, worst first, with the direction of each bias."""
    without_records = [
        (
            "Whether the service made any difference. Yearly figures for the whole authority mix the localities that had it with "
            "those that had not; only single plans, with the locality of each, can be compared.",
            "not answered here",
        )
    ]
    always = [
        (
            "Whether places differ for other reasons. The pilot localities were chosen, not drawn by lot, and there are few of "
            "them: anything else that changed in one of them is counted as the service.",
            "either way",
        ),
        (
            "Whether families were helped sooner or later than they would have been. Thresholds for a plan may have moved with "
            "the service: fewer plans are then a new threshold, not fewer families in need.",
            "the service may look better than it is",
        ),
        (
            "What families would say, and how well the service was delivered: no family, practitioner or case file speaks here.",
            "not known",
        ),
        (
            "What else happened in one locality alone: a home or a service that opened there, families who arrived there.",
            "either way",
        ),
        (
            "How far chance reaches. Brothers and sisters start and end plans together, so intervals of single published years, "
            "which take plans one by one, are too narrow; changes are set beside how far authorities vary from year to year.",
            "a difference looks surer than it is",
        ),
        (
            "Effects that take longer than the follow-up, such as a second plan two years on.",
            "the service may look better or worse",
        ),
    ]
    return always if "cp_plans" in records.tables else without_records + always


def answer(difference: evidence.Finding | None, ended: list[evidence.Finding] | None, starts: evidence.Finding | None) -> str:
    """The answer at the head of the page: what the comparison of localities found, or plainly that there was none to make."""
    found = [finding.statement for finding in [difference, *(ended or [])] if finding is not None]
    if found:
        return " ".join(found[:2])
    background = f" {starts.statement}" if starts is not None else ""
    return f"Whether the service made a difference cannot be told from published figures.{background}"
