"""How many: contacts, referrals and early help by month or quarter, and early help and child in need on one day together."""

import pandas as pd

from helpers import evidence, wording
from helpers.designs import control_chart, two_points
from helpers.disclosure import Controlled, Policy
from helpers.early_help.steps import NAMES, Window, accepted, counted, everything, facts
from helpers.extracts import Extracts
from helpers.extracts.spans import EDGE
from helpers.measures import Measure
from helpers.results import Effect, NotEnoughData

FEW_HIDDEN = 0.1  # of months: beyond it they are pooled to quarters
EARLY_HELP, IN_NEED, EITHER = "Early help", "Child in need", "Either, each child once"
ONE_ROSE = (
    " One rose as the other fell, which also happens when cases move from one name to the other: neither alone says how need "
    "changed."
)


def by_month(records: Extracts, table: str, window: Window, policy: Policy) -> Measure:
    """How many rows a table has in each whole month that it covers, by quarter where too many months would be hidden.

    NotEnoughData where no whole month is covered, or quarters would be hidden too.
    """
    rows, name = counted(records, table, window), NAMES[table].lower()
    months = records.whole_months(table, period_start=window.period_start, period_end=window.period_end)
    for periods, unit in ((months, "a month"), (_whole_quarters(months), "a quarter")):
        counts = rows["date"].dt.to_period(periods.freqstr).value_counts().reindex(periods, fill_value=0)
        if len(counts) and counts.between(1, policy.suppress_up_to).mean() <= FEW_HIDDEN:
            data = pd.DataFrame({"period": periods.to_timestamp(), "numerator": counts.to_numpy(dtype=float)})
            return _counts(name, f"{name} {unit}", data, ("period",), name, facts(records, table))
    raise NotEnoughData(f"{NAMES[table]} are too few to be shown by month or by quarter.")


def chart_of(measure: Measure) -> control_chart.ControlChart:
    """The XmR chart of `by_month`: more or fewer is neither better nor worse in itself."""
    return control_chart.xmr(measure.data["numerator"], measure.data["period"])


def stock(records: Extracts, window: Window) -> Measure:
    """Children with early help, children in need and children with either, on the last day of each month.

    Months before both kinds of records have run for a year are left out, since what began earlier and went on may not be in
    them; so are those before the first recorded end of either kind, since of what had ended by then nothing is. NotEnoughData
    where the records do not say when early help or a child in need episode ends.
    """
    both = _supported(records, window)
    began = both.groupby("support")["date"].min().reindex([EARLY_HELP, IN_NEED])
    listed = (records.span(name)[0] for name in ("early_help_episodes", "cin_episodes"))
    first = max(*listed, began.max(skipna=False) + pd.DateOffset(years=1))
    last = records.known_to("early_help_episodes", "cin_episodes", period_end=window.period_end)
    days = [day for day in _month_ends(window.period_start, last) if day >= first]
    if not days:
        raise NotEnoughData("The records run for too short a time to say how many children had help on one day.")
    rows = [(day, kind, float(len(_on(both, day, kind)))) for day in days for kind in (EARLY_HELP, IN_NEED, EITHER)]
    data = pd.DataFrame(rows, columns=["period", "support", "numerator"])
    population = "children with early help or in need"
    about = facts(records, "early_help_episodes", "cin_episodes")
    name = f"{population} on the last day of the month"
    return _counts(name, "children", data, ("period", "support"), population, about)


def _supported(records: Extracts, window: Window) -> pd.DataFrame:
    """Every early help and child in need episode: person, date, end, support and family (the child where none is recorded).

    A child in need is one with an accepted referral that has not closed, whatever the plan.
    """
    tables = {
        "early_help_episodes": (EARLY_HELP, "earl_episode_end_date", "earl_family_id"),
        "cin_episodes": (IN_NEED, "cine_close_date", "cine_family_id"),
    }
    parts = []
    for table, (support, ends, family) in tables.items():
        if why := records.lacks(table, ends):
            raise NotEnoughData(why)
        rows = everything(records, table)
        rows = accepted(rows) if table == "cin_episodes" else rows
        parts.append(rows.rename(columns={ends: "end", family: "family"}).assign(support=support))
    both = pd.concat(parts, ignore_index=True).reindex(columns=["person", "date", "locality", "end", "family", "support"])
    if window.locality:
        both = both[both["locality"].eq(window.locality).fillna(False)]
    return both.assign(family=both["family"].fillna(both["person"]), child=pd.factorize(both["person"])[0])


def _on(both: pd.DataFrame, day: pd.Timestamp, support: str) -> pd.DataFrame:
    """The children with this help on a day, one row each."""
    here = both["date"].le(day) & (both["end"].isna() | both["end"].gt(day))
    here &= both["support"].eq(support) if support != EITHER else True
    return both[here].drop_duplicates("child")


def stock_changes(records: Extracts, window: Window, shown: Controlled) -> dict[str, Effect]:
    """For each kind of help of a `stock` the ratio of the children on the last day to those a whole number of years before.

    As many years as there are, of the figures as they are shown, so that the page's numbers give the ratio. Brothers and sisters
    are one chance, and so is a family that had help on both days. NotEnoughData where a figure may not be shown.
    """
    both, days = _supported(records, window), _whole_years_apart(shown.data["period"])
    changes = {}
    for support in (EARLY_HELP, IN_NEED, EITHER):
        counts = shown.where(support=support, period=days).data.sort_values("period")["numerator"]
        if counts.isna().any():
            raise NotEnoughData("Too few children had help of one kind to be shown.")
        families = (_on(both, day, support)["family"] for day in days)
        name = {EITHER: "early help and child in need together"}.get(support, support.lower())
        about = {"outcome": name, "n_unit": "children on the two days together"}
        changes[support] = two_points.two_stocks_of_families(*families, shown=tuple(counts), **about)
    return changes


def stock_finding(changes: dict[str, Effect], shown: Controlled, policy: Policy) -> evidence.Finding:
    """The finding of `stock_changes` for the total, the two kinds of help beside it.

    A rise of one beside a fall of the other may be cases that moved between them: only the total then says anything.
    """
    effect, parts, basis = changes[EITHER], (changes[EARLY_HELP], changes[IN_NEED]), shown.basis
    first, last = _whole_years_apart(shown.data["period"])
    kinds = {"children with early help": EARLY_HELP, "children in need": IN_NEED}
    told = [f"{name} went from {_from_to(shown.where(support=kind, period=[first, last]))}" for name, kind in kinds.items()]
    opposite = (parts[0].estimate - 1) * (parts[1].estimate - 1) < 0 and any(map(evidence.is_clear, parts))
    told = f" {wording.sentence_case(wording.listing(told))}." + (ONE_ROSE if opposite else "")
    when = f"between {wording.day(first)} and {wording.day(last)}"
    way = f"children had early help or were in need: {{size}} together {when} (95% interval {{interval}}).{told}"
    return evidence.find(
        effect, finding_id="early-help-and-need-together", basis=basis, policy=policy,
        lower=f"Fewer {way}", higher=f"More {way}",
        comparator={"name": f"the same authority on {wording.day(first)}", "basis": basis},
        unclear=f"Early help and child in need together show no clear change {when}: {{size}} (95% interval {{interval}}).{told}",
    )  # fmt: skip


def _from_to(two_days: Controlled) -> str:
    values = two_days.data.sort_values("period")["numerator"]
    return " to ".join(wording.number(value) for value in values)


def _whole_years_apart(periods: pd.Series) -> list[pd.Timestamp]:
    """The last day of the series and the earliest one a whole number of years before it, so that seasons do not count."""
    last = periods.max()
    first = min(day for day in periods if day.month == last.month)
    if first == last:
        raise NotEnoughData("Less than a year of month ends can be compared.")
    return [first, last]


def _month_ends(first, last: pd.Timestamp) -> pd.DatetimeIndex:
    """The last days of the months up to `last`; of the month of `last` too where it lies in its last week."""
    return pd.date_range(first, last + EDGE, freq="ME")


def _whole_quarters(months: pd.PeriodIndex) -> pd.PeriodIndex:
    quarters = pd.Series(months.asfreq("Q-DEC")).value_counts()
    return pd.PeriodIndex(sorted(quarters[quarters.eq(3)].index), freq="Q-DEC")


def _counts(name: str, unit: str, data: pd.DataFrame, dimensions: tuple, population: str, about: dict) -> Measure:
    empty = dict.fromkeys(("denominator", "ratio", "ci_low", "ci_high"), float("nan"))
    return Measure(name, unit, data.assign(**empty), dimensions, population, **about)
