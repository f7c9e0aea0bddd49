"""What came next: referred again, stepped up from early help, stepped down to it; with what is not yet known left open.

Each row is followed from a day to the first of several outcomes, or to the last day that the records cover. A child who moved
away or turned 18 can have none of the others, and is counted as that rather than as a success.
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from helpers import measures, wording
from helpers.designs import cox, survival
from helpers.disclosure import Controlled, Policy, control_curve
from helpers.early_help.steps import Window, accepted, counted, dated, everything, facts, next_after, reporting_year
from helpers.extracts import Extracts
from helpers.extracts.spans import EDGE
from helpers.measures import Measure
from helpers.results import Effect, NotEnoughData

DAYS_A_MONTH = 30.4375
GONE = ("RC1", "RC2", "RC5", "RC6")  # an episode closed for these: adopted, died, moved to another authority, adult services
AGAIN, UP, DOWN, HELPED = "Referred again", "Referred and accepted", "Early help began", "Early help again"
ENDED, LEFT = "Ended without a referral", "Moved away or turned 18"
AFTERWARDS = pd.Timedelta(days=28)  # help of the other kind that begins within this of an end follows from it
WITH_HELP, WITHOUT_HELP = "Early help followed", "No early help followed"
EVERY = "All children"  # the one group of curves that are not split
MONTHS = (0, 3, 6, 9, 12)


def left(records: Extracts) -> pd.DataFrame:
    """The days on which children turned 18, died, or moved away, as far as the records say: person, date."""
    parts = []
    if "persons" in records:
        born = records["persons"]
        parts.append(pd.DataFrame({"person": born["pers_person_id"], "date": born["pers_dob"] + pd.DateOffset(years=18)}))
    if "cin_episodes" in records:
        gone = records["cin_episodes"]
        gone = gone[gone["cine_close_reason"].isin(GONE).fillna(False)]
        parts.append(pd.DataFrame({"person": gone["cine_person_id"], "date": gone["cine_close_date"]}))
    if "early_help_episodes" in records:
        moved = records["early_help_episodes"]
        moved = moved[moved["earl_episode_end_reason"].eq("moved").fillna(False)]
        parts.append(pd.DataFrame({"person": moved["earl_person_id"], "date": moved["earl_episode_end_date"]}))
    return pd.concat(parts, ignore_index=True).dropna()


def first_of(rows: pd.DataFrame, happened: Mapping[str, pd.Series], until) -> pd.DataFrame:
    """`rows` (person, date) with the first of what `happened` to each (a day, or empty) as `outcome`, and `months` to it.

    What happened after `until` (a day, or one for each row) is not known: the outcome is then missing, and `months` runs up to
    that day, kept as `known_to`. Of two on one day the first named counts. A row from after `until` is left out.
    """
    until = pd.Series(until, index=rows.index)
    days = pd.DataFrame(dict(happened), index=rows.index).astype("datetime64[us]")
    days = days.where(days.le(until, axis=0))
    first = days.min(axis=1)
    place = days.eq(first, axis=0).to_numpy().argmax(axis=1)
    outcome = pd.Series(np.array(list(happened), dtype=object)[place], index=rows.index).where(first.notna())
    months = (first.fillna(until) - rows["date"]).dt.days / DAYS_A_MONTH
    return rows.assign(outcome=outcome, months=months, known_to=until)[months.ge(0)].reset_index(drop=True)


def re_referrals(records: Extracts, window: Window) -> pd.DataFrame:
    """Every referral of the period, accepted or not, with whether the child was referred again; by reporting year (`period`)."""
    rows = counted(records, "cin_episodes", window).drop_duplicates(["person", "date"], ignore_index=True)
    rows = rows.assign(period=reporting_year(rows["date"]))
    happened = {
        AGAIN: next_after(rows, dated(records, "cin_episodes"), same_day=False),
        LEFT: next_after(rows, left(records), same_day=True),
    }
    return first_of(rows, happened, records.known_to("cin_episodes", period_end=window.period_end))


def stepped_up(records: Extracts, window: Window) -> pd.DataFrame:
    """Every early help episode begun in the period, with whether social care accepted a referral of the child.

    While early help went on or within 28 days of its end; an end without one is known 28 days later. Where no end is recorded
    any accepted referral after the start counts. Episodes from before the referrals' own records are left out.
    """
    rows = counted(records, "early_help_episodes", window, beside="cin_episodes")
    until, end = records.known_to("cin_episodes", period_end=window.period_end), rows["earl_episode_end_date"]
    referred = next_after(rows, accepted(dated(records, "cin_episodes")), same_day=False)
    referred = referred.where(end.isna() | referred.le(end + AFTERWARDS))
    recent = referred.isna() & end.gt(until - AFTERWARDS) & end.le(until)
    happened = {
        UP: referred,
        LEFT: next_after(rows, left(records), same_day=True),
        ENDED: end.where(referred.isna() & ~recent),
    }
    return first_of(rows, happened, end.where(recent, until))


def after_early_help(records: Extracts, window: Window) -> pd.DataFrame:
    """Every early help episode that ended without a referral, followed from 28 days after: referred, or helped again.

    Children helped again, or gone, within those days are in neither group.
    """
    rows = stepped_up(records, window)
    rows = rows[rows["outcome"].eq(ENDED).fillna(False)].reset_index(drop=True)
    ended = rows.assign(date=rows["earl_episode_end_date"])
    again = next_after(ended, dated(records, "early_help_episodes"), same_day=False)
    sooner = (again, next_after(ended, left(records), same_day=True))
    already = sum(day.le(ended["date"] + AFTERWARDS).fillna(False).astype(int) for day in sooner) > 0
    rows = ended[~already].assign(date=ended["date"] + AFTERWARDS).reset_index(drop=True)
    happened = {
        UP: next_after(rows, accepted(dated(records, "cin_episodes")), same_day=False),
        HELPED: next_after(rows, dated(records, "early_help_episodes"), same_day=False),
        LEFT: next_after(rows, left(records), same_day=True),
    }
    return first_of(rows, happened, _both_known_to(records, window))


def stepped_down(records: Extracts, window: Window) -> pd.DataFrame:
    """Every child in need episode that closed in the period, with whether early help began or the child was referred again.

    Early help that began in the 28 days before the close counts as from the close: it was handed over. Closes from before
    early help has been recorded for so long, or referrals at all, are left out.
    """
    rows = _closed(records, window)
    begun = next_after(rows.assign(date=rows["date"] - AFTERWARDS), dated(records, "early_help_episodes"), same_day=True)
    happened = {
        DOWN: begun.clip(lower=rows["date"]),
        AGAIN: next_after(rows, dated(records, "cin_episodes"), same_day=False),
        LEFT: next_after(rows, left(records), same_day=True),
    }
    return first_of(rows, happened, _both_known_to(records, window))


def after_stepping_down(records: Extracts, window: Window) -> pd.DataFrame:
    """Closed episodes followed from 28 days after the close, by whether early help had begun by then (`support`).

    Both groups are followed from the same day, and children referred again before it are in neither: from the close itself
    those helped would seem safer only because they had to stay that long to be helped.
    """
    rows = stepped_down(records, window).drop(columns=["outcome", "months"])
    begun = next_after(rows.assign(date=rows["date"] - AFTERWARDS), dated(records, "early_help_episodes"), same_day=True)
    helped = begun.le(rows["date"] + AFTERWARDS)
    again = next_after(rows, dated(records, "cin_episodes"), same_day=False)
    gone = next_after(rows, left(records), same_day=True)
    rows = rows.assign(date=rows["date"] + AFTERWARDS, support=helped.map({True: WITH_HELP, False: WITHOUT_HELP}))
    followed = first_of(rows, {AGAIN: again, LEFT: gone}, _both_known_to(records, window))
    return followed[~(followed["outcome"].notna() & followed["months"].eq(0))].reset_index(drop=True)


def curves(
    rows: pd.DataFrame, causes: list[str], records: Extracts, policy: Policy, *, name: str, population: str, by: str = "children",
    months: tuple[int, ...] = MONTHS,
) -> Controlled:  # fmt: skip
    """The share to whom each of `causes` has happened by each of `months`, in each group of `by`, controlled (Aalen-Johansen).

    A group of which too few are followed is left out; NotEnoughData where that leaves none.
    """
    rows = rows if by in rows else rows.assign(**{by: EVERY})
    made, refused = {}, NotEnoughData(f"there are no {population} to follow")
    for group, part in rows.groupby(by):
        try:
            made[group] = survival.aalen_johansen(part["months"], part["outcome"], times=months, causes=causes)
        except NotEnoughData as reason:
            refused = reason
    if not made:
        raise NotEnoughData(f"{wording.sentence_case(name)}: {refused}.")
    about = {"name": name, "population": population} | facts(records, "cin_episodes", "early_help_episodes")
    return control_curve(made, policy, group=by, time="months", **about)


def re_referred(rows: pd.DataFrame, records: Extracts, *, months: int) -> Measure:
    """The share of referrals that had another within `months`, in each whole year that was followed for as long.

    Of those years nothing is unknown, so that a plain share is the cumulative incidence, children who left among the rest.
    """
    years = _years_followed(rows, months)
    again = rows["outcome"].eq(AGAIN).fillna(False) & rows["months"].le(months)
    return measures.proportion(
        rows.assign(again=again, outcome=AGAIN)[rows["period"].isin(years)], outcome="again",
        measure=f"referrals that had another within {months} months", by=["period", "outcome"], population="referrals",
        better="lower", **facts(records, "cin_episodes"),
    )  # fmt: skip


def re_referral_change(rows: pd.DataFrame, shown: Controlled, *, months: int) -> Effect:
    """How the share referred again within `months` differs between the first and the last year of `shown`, a `re_referred`.

    Two years side by side, children of a family drawn together; the estimate and its interval are moved by what rounding moved
    the two shares, so that they are those of the page's figures. NotEnoughData where a share is not shown.
    """
    first, last = shown.data["period"].iloc[[0, -1]]
    pair, shares = rows[rows["period"].isin([first, last])], shown.data["ratio"].iloc[[0, -1]]
    if shares.isna().any():
        raise NotEnoughData("Too few children were referred again to be shown.")
    effect = survival.difference_at(
        pair["months"], pair["outcome"], with_change=pair["period"].eq(last), cause=AGAIN, at=months, n_unit="referrals",
        cluster=family(pair), better="lower", name=shown.name,
    )  # fmt: skip
    moved = shares.iloc[1] - shares.iloc[0] - effect.estimate
    ends = {name: getattr(effect, name) + moved for name in ("estimate", "ci_low", "ci_high")}
    return replace(effect, design="two_points", **ends)


def _years_followed(rows: pd.DataFrame, months: int) -> list[str]:
    """The whole reporting years of which every referral was followed for `months`; NotEnoughData for fewer than two."""
    first, last = rows["date"].min(), rows["known_to"].max() - pd.DateOffset(months=months)
    years = [year for year in sorted(set(rows["period"])) if pd.Timestamp(f"{year}-03-31") <= last + EDGE
             and pd.Timestamp(f"{int(year) - 1}-04-01") >= first - EDGE]  # fmt: skip
    if len(years) < 2:
        raise NotEnoughData(f"Fewer than two whole years of referrals are old enough to have been followed for {months} months.")
    return years


def family(rows: pd.DataFrame) -> pd.Series:
    """Each row's family, or the child where no family is recorded: brothers and sisters are one chance, not several."""
    known = [rows[name] for name in ("cine_family_id", "earl_family_id") if name in rows]
    return known[0].fillna(rows["person"]) if known else rows["person"]


def localities_differ(rows: pd.DataFrame, cause: str) -> float:
    """The p-value that the hazard of `cause` is alike in every locality: Cox with families as clusters, `cox.joint_p_value`.

    NotEnoughData where fewer than two localities are recorded, or too little happened in one.
    """
    known = rows[rows["locality"].notna()]
    if known["locality"].nunique() < 2:
        raise NotEnoughData("Fewer than two localities are recorded.")
    dummies = pd.get_dummies(known["locality"], dtype=float).iloc[:, 1:]
    fit = survival.cause_specific(
        dummies, known["months"] + 0.5 / DAYS_A_MONTH, known["outcome"], cause=cause, cluster=family(known)
    )
    return cox.joint_p_value(fit)


def _closed(records: Extracts, window: Window) -> pd.DataFrame:
    """Accepted referrals whose child in need episode closed in the period, moved and died apart; `date` is the close."""
    rows = accepted(everything(records, "cin_episodes")).drop(columns="date")
    rows = rows.rename(columns={"cine_close_date": "date"})
    here = rows["date"].between(window.period_start, window.period_end)
    here &= rows["date"].ge(max(records.span("early_help_episodes")[0] + AFTERWARDS, records.span("cin_episodes")[0]))
    here &= ~rows["cine_close_reason"].isin(GONE).fillna(False)
    if window.locality:
        here &= rows["locality"].eq(window.locality).fillna(False)
    if not here.any():
        none = "No child in need episode closed in the part of the period for which early help and referrals are both recorded."
        raise NotEnoughData(records.lacks("cin_episodes", "cine_close_date") or none)
    return rows[here].drop_duplicates(["person", "date"], ignore_index=True)


def _both_known_to(records: Extracts, window: Window) -> pd.Timestamp:
    return records.known_to("cin_episodes", "early_help_episodes", period_end=window.period_end)
