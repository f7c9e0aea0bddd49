"""What the front door page says: levels put in words, what an authority published itself, what cannot be told, the answer."""

import pandas as pd

from helpers import disclosure, evidence, intervals, wording
from helpers.claims import AUTHORITY
from helpers.designs import minima, two_points
from helpers.disclosure import Controlled, Policy
from helpers.early_help.pathways import AFTERWARDS, EVERY, localities_differ
from helpers.early_help.steps import DATED, STEPS, TO_REFERRAL, Window, absent_in_words, begun_in_words, dated
from helpers.early_help.volumes import ONE_ROSE
from helpers.extracts import Extracts, published
from helpers.measures import Measure
from helpers.results import Effect, NotEnoughData

TOUCHED = ("contacts", "referrals", "early help", "children in need", "section 47")  # on the timeline
HEADLINES = [  # keys of published headline measures, in the order of the table
    "referral_rate",
    "re_referrals_share",
    "no_further_action_share",
    "assessments_in_45_days_share",
    "assessed_not_in_need_share",
    "children_in_need_rate",
    "section_47_rate",
    "initial_conferences_rate",
    "conferences_in_15_days_share",
    "plans_started_rate",
]
ALIKE = 0.05
IN_WORDS = {  # table -> one of it, and several
    "contacts": ("a contact", "contacts"),
    "early_help_episodes": ("early help", "early help episodes"),
    "cin_episodes": ("a referral", "accepted referrals"),
    "assessments": ("an assessment", "assessments"),
    "s47_enquiries": ("a section 47 enquiry", "section 47 enquiries"),
    "initial_cp_conferences": ("an initial child protection conference", "conferences"),
    "cp_plans": ("a child protection plan", "plans"),
}
NOT_ALIKE = (
    "Both groups are followed from 28 days after the close. Families offered early help were chosen, and may have had more need: "
    "a difference between the two is not what early help did."
)
TOO_FEW = "The records hold too few children to answer from: each figure is too small to be shown."
TOO_SHORT = "The records cover too short a time to say whether anything changed: each question below says what it would need."
NOTHING = "No records were given, and no published figure of this place ships: the page says what each question needs."
CURVE_COLUMNS = {"outcome": "What followed", "months": "Months", "ratio": "%", "interval": "95% interval"}
SPLIT_COLUMNS = {"support": "After the close", "months": "Months", "ratio": "Referred again, %", "interval": "95% interval"}
LOCALITY_COLUMNS = {"locality": "Locality", "ratio": "%", "interval": "95% interval"}
FOLLOWS = [
    ("Keep contacts, referrals and early help in one yearly extract, with what was decided, when help ended and why.",
     "Head of performance", "No step of this page lacks its records."),
    ("Report early help and children in need as one total beside the two figures, every month.",
     "Performance lead", "No rise of one or fall of the other is reported alone."),
    ("Name the day of a change at the front door, and what it should move, before looking at what it moved.",
     "Service manager", "The next run of this page tests it."),
    ("Read the cases of children referred again soon after early help or a closed episode.",
     "Quality assurance lead", "What was missed the first time is known, not only how often."),
]  # fmt: skip


def marks(changes: pd.DataFrame) -> pd.DataFrame:
    """The timeline's changes as charts mark them: by month, or by a word where one lasted ("Pandemic"); in full above."""
    dated = changes[changes["date"].str.len() >= len("2020-01")]
    named = dated["end"].ne("") & dated["event"].str.contains(":")
    months = pd.to_datetime(dated["date"], format="ISO8601").dt.strftime("%b %Y")
    return dated.assign(label=dated["event"].str.split(":").str[0].where(named, months))[["date", "end", "label"]]


def main_step(steps: Controlled) -> Controlled:
    """The row of contacts that a referral followed or, without it, of the first step that can be shown."""
    shown = list(steps.data.loc[steps.data["ratio"].notna(), "step"])
    if not shown:
        raise NotEnoughData("Each step is of too few children to be shown.")
    return steps.where(step=TO_REFERRAL if TO_REFERRAL in shown else shown[0])


def flow_title(step: Controlled) -> str:
    """The title of the chart of steps, from its main one."""
    row = step.data.iloc[0]
    return f"{row['step']}: {wording.number(row['ratio'], 0)} in 100"


def step_finding(step: Controlled) -> evidence.Finding:
    """The share of one step that the next followed: a level."""
    name = step.data["step"].iloc[0]
    one, other = (IN_WORDS[table] for table in STEPS[name])
    return evidence.describe(
        step, finding_id=name.lower().replace(" ", "-"),
        statement=f"Of {one[1]} long enough ago to know, {{value}} were followed by {other[0]} for the same child "
        "(95% interval {interval}).",
    )  # fmt: skip


def stock_title(found: evidence.Finding) -> str:
    """The title of the chart of early help and child in need, by what its finding about the total says."""
    if found.direction == "no clear change":
        return "No clear change in early help and child in need together"
    return f"{'Fewer' if found.estimate < 1 else 'More'} children had early help or were in need"


def again_finding(effect: Effect, shown: Controlled, policy: Policy) -> evidence.Finding:
    """Whether another share of referrals had another soon after, in the last year of `shown` against its first."""
    first, last = shown.data["period"].iloc[[0, -1]]
    years = f"between referrals of the years to March {first} and March {last}"
    return evidence.find(
        effect, finding_id="referred-again", basis=shown.basis, policy=policy,
        comparator={"name": f"referrals of the year to March {first}", "basis": shown.basis},
        lower=f"There was a smaller share of {shown.name}: {{size}} {years} (95% interval {{interval}}).",
        higher=f"There was a larger share of {shown.name}: {{size}} {years} (95% interval {{interval}}).",
        unclear=f"The share of {shown.name} shows no clear change {years}: {{size}} (95% interval {{interval}}).",
    )  # fmt: skip


def again_title(found: evidence.Finding) -> str:
    """The title of the chart of re-referrals by year, by what its finding says."""
    moved = {"improved": "A smaller share of referrals had another", "worsened": "A larger share of referrals had another"}
    return moved.get(found.direction, "No clear change in re-referrals")


def point(curve: Controlled, outcome: str, *, months: int) -> Controlled:
    """One outcome at one month of a curve that is not split into groups; NotEnoughData where too few were followed so long."""
    row = curve.where(outcome=outcome, months=months, children=EVERY)
    if row.data.empty:
        raise NotEnoughData(f"Too few children were followed for {months} months.")
    return row


def up_finding(row: Controlled) -> evidence.Finding:
    """How much early help stepped up by some month after its start, from one point of its curve."""
    months = row.data["months"].iloc[0]
    return evidence.describe(
        row, finding_id="early-help-stepped-up",
        statement=f"Of early help episodes, {{value}} had a referral accepted by social care within {months} months of their "
        f"start, while help went on or in the {AFTERWARDS.days} days after it ended (95% interval {{interval}}).",
    )  # fmt: skip


def down_finding(row: Controlled) -> evidence.Finding:
    """How often early help began by some month after social care closed, from one point of its curve."""
    months = row.data["months"].iloc[0]
    return evidence.describe(
        row, finding_id="early-help-after-social-care",
        statement=f"After an episode with social care closed, {{value}} of children began early help within {months} months, "
        "before any new referral (95% interval {interval}).",
    )  # fmt: skip


def curve_title(curve: Controlled, *, of: str) -> str:
    """The title of a chart of one group's curves: each outcome's share at the last month shown."""
    shown = curve.data.dropna(subset=["ratio"])
    shown = shown[shown["months"] > 0]
    if shown.empty:
        raise NotEnoughData(f"{of}: too few children to be shown.")
    last = shown[shown["months"].eq(shown["months"].max())].iloc[0]
    return f"{of}: {last['outcome'].lower()} {wording.number(last['ratio'], 0)}% by month {wording.number(last['months'])}"


def latest(shown: Controlled) -> Controlled:
    """The row of the latest year."""
    return shown.where(period=shown.data["period"].iloc[-1])


def localities_note(rows: pd.DataFrame, by_locality: Controlled, *, cause: str, of: str) -> str:
    """Whether localities differ by more than chance, and which stand highest and lowest, in a sentence."""
    p = localities_differ(rows, cause)
    shown = by_locality.where(outcome=cause).data.dropna(subset=["ratio"]).sort_values("ratio")
    if p >= ALIKE or len(shown) < 2:
        return f"On {of} localities cannot be told apart ({wording.p_value(p)}, brothers and sisters counted as one)."
    low, high = shown.iloc[0], shown.iloc[-1]
    return (
        f"On {of} localities differ by more than chance ({wording.p_value(p)}, brothers and sisters counted as one): from "
        f"{wording.number(low['ratio'], 0)}% in {low['locality']} to {wording.number(high['ratio'], 0)}% in {high['locality']}. "
        "Families differ between them too, so this is a question to ask and not a verdict."
    )


def said_change(local_authority: str, window: Window) -> Effect:
    """How early help and child in need together changed by the authority's own self-evaluation; NotEnoughData without one."""
    both = _self_evaluation(local_authority, window).loc[["early_help", "children_in_need"]]
    before, now = (int(both[column].astype(int).sum()) for column in ("previous_value", "value"))
    return two_points.two_stocks(
        before, now, outcome="early help and child in need together",
        n_unit="children on the two days together",
    )  # fmt: skip


def said_finding(effect: Effect, local_authority: str, window: Window) -> evidence.Finding:
    """The finding of `said_change`, the two kinds of help beside their total."""
    figures = _self_evaluation(local_authority, window)
    first, last = (figures.loc["early_help", column] for column in ("previous_period", "period"))
    told, rose = [], []
    for name, key in (("children with early help", "early_help"), ("children in need", "children_in_need")):
        before, now = (int(figures.loc[key, column]) for column in ("previous_value", "value"))
        told.append(f"{name} went from {wording.number(before)} to {wording.number(now)}")
        rose.append(now > before)
    parts = f" By {local_authority}’s own count {wording.listing(told)}." + (ONE_ROSE if rose[0] != rose[1] else "")
    official = figures.loc["children_in_need"]
    parts += (
        f" The official count of children in need, which takes in children with plans, in care and leaving it, was "
        f"{wording.number(int(official['official_value']))}."
    )
    when = f"between {first} and {last}"
    way = f"children had early help or were in need: {{size}} together {when} (95% interval {{interval}}).{parts}"
    return evidence.find(
        effect, finding_id="together-as-published", basis="published",
        comparator={"name": f"{local_authority} on {first}", "basis": "published"}, lower=f"Fewer {way}", higher=f"More {way}",
        unclear=f"Early help and child in need together show no clear change {when}: {{size}} "
        f"(95% interval {{interval}}).{parts}",
    )  # fmt: skip


def said_of_contacts(local_authority: str, window: Window) -> evidence.Finding:
    """The share of contacts that became referrals by the authority's own self-evaluation; NotEnoughData without one."""
    figures = _self_evaluation(local_authority, window)
    referred, contacts = (int(figures.loc[key, "value"]) for key in ("contacts_to_referral", "contacts"))
    interval = intervals.wilson(referred, contacts).times(100)
    row = {"period": "2024", "numerator": referred, "denominator": contacts, "ratio": 100 * referred / contacts,
           "ci_low": interval.low, "ci_high": interval.high}  # fmt: skip
    measure = Measure(
        "contacts that became referrals", "%", pd.DataFrame([row]), ("period",), "contacts in six months to March 2024",
        "published", str(figures.loc["contacts", "source"]) + ".", per=100,
    )  # fmt: skip
    return evidence.describe(
        disclosure.published(measure), finding_id="contacts-as-published",
        statement=f"By {local_authority}’s own figures {{count}} of {{n}} contacts in six months became referrals: "
        "{value} (95% interval {interval}).",
    )  # fmt: skip


def _self_evaluation(local_authority: str, window: Window) -> pd.DataFrame:
    """The self-evaluation's figures by their names; NotEnoughData where it is another authority's or of another period."""
    if local_authority.lower() != AUTHORITY.lower():
        raise NotEnoughData(f"No self-evaluation of {local_authority} ships with this repository.")
    figures = published.self_evaluation().set_index("figure_id")
    first, last = (figures.loc["early_help", column] for column in ("previous_period", "period"))
    if not window.period_start <= f"{pd.Timestamp(first):%Y-%m-%d}" <= f"{pd.Timestamp(last):%Y-%m-%d}" <= window.period_end:
        raise NotEnoughData(
            f"{local_authority}’s self-evaluation counts {first} and {last}, which this page’s period does not hold."
        )
    return figures


def answer(records: Extracts, window: Window, fewer, risk, together, again, *published_findings) -> str:
    """The answer at the head of the page: the change and its risk where they were tested, else levels, else published figures."""
    tested, described, said = (
        [_first_sentence(found) for found in group if found is not None]
        for group in ((fewer, risk), (together, again), published_findings)
    )
    if fewer is not None and risk is not None:
        tested.append(_risk_beside(fewer, risk))
    if tested or described:
        return " ".join(tested or described).strip()
    why = _why_nothing(records, window) if records.tables else "" if said else NOTHING
    return " ".join(filter(None, [why, *said]))


def _why_nothing(records: Extracts, window: Window) -> str:
    """Why records that came answer nothing: referrals are lacking, the period is empty, or too few or too late in it."""
    if lacking := records.lacks("cin_episodes", "cine_referral_date"):
        return f"{lacking} Without referrals the records given answer no question of this page."
    there = dated(records, "cin_episodes")["date"].between(window.period_start, window.period_end).sum()
    if not there:
        period = f"from {wording.day(window.period_start)} to {wording.day(window.period_end)}"
        return f"The records hold no referral {period}, and every answer of this page needs some."
    return TOO_FEW if there < minima.FOLLOWED[0] else TOO_SHORT


def _first_sentence(found: evidence.Finding) -> str:
    return found.statement.split(". ")[0].rstrip(".") + "."


def _risk_beside(fewer: evidence.Finding, risk: evidence.Finding) -> str:
    """What both findings say together: fewer referrals are no success where more children step up."""
    if fewer.direction == "no clear change":
        return ""
    way = {"worsened": "More early help stepped up in the same months: fewer referrals would then only come later.",
           "improved": "A smaller share of early help stepped up too; families with less need may have joined it, so that alone "
                       "does not show that nobody was turned away.",
           "no clear change": "Whether more early help stepped up in exchange cannot be told."}  # fmt: skip
    return way[risk.direction] if fewer.estimate < 1 else ""


def coverage(records: Extracts, window: Window, policy: Policy) -> str:
    """Which steps cannot be followed for want of a table, where the records begin, how many rows were set aside, in sentences."""
    unread = int(records.left_out.loc[records.left_out["table"].isin(DATED), "rows"].sum())
    shown = disclosure.round_count(unread, policy)
    told = "[c]" if shown is None else wording.number(shown)
    rows = (
        [f"Rows of the files that repeat others or could not be used (the data quality page says which): {told}."]
        if unread
        else []
    )
    return (
        " ".join([*absent_in_words(records), *begun_in_words(records, window), *_too_early(records, window, policy), *rows])
        or "Every step from contact to plan has its records."
    )


def _too_early(records: Extracts, window: Window, policy: Policy) -> list[str]:
    """How many early help episodes of the period began before the records of referrals and so are followed nowhere."""
    if records.missing(["early_help_episodes", "cin_episodes"]):
        return []
    began, first = dated(records, "early_help_episodes")["date"], records.span("cin_episodes")[0]
    early = int((began.between(window.period_start, window.period_end) & began.lt(first)).sum())
    if not early:
        return []
    told = disclosure.round_count(early, policy)
    return [
        f"Early help begun before {wording.month(first)}, from when the records list every referral, is counted and not followed "
        f"to what it led to: {'[c]' if told is None else wording.count_of(told, 'episode')}."
    ]


def limits(records: Extracts) -> list[tuple[str, str]]:
    """What the page cannot tell, worst first, with the direction of each bias; what these records lack is added from them."""
    known = [
        ("Whether children were safer. Fewer referrals, or more early help, are decisions of the service: only what happened to "
         "the children later says whether they were right.", "a fall in referrals may look like success"),
        ("Whether the same families had early help before and after. When more contacts are answered with early help, families "
         "with less need join it, and a smaller share steps up without any one of them being helped better.",
         "a fall in stepping up is overstated"),
        ("Whether cases moved between names. Work called early help in one year can be called child in need in another.",
         "a rise of one or a fall of the other is overstated"),
        ("Whether one step led to the next. Steps are joined by child and date, not by a worker’s note; two things within the "
         "window count as one way through.", "conversions are somewhat too high"),
        ("What else changed in the same months.", "either way"),
        ("Children of whom nobody made contact.", "need is understated"),
        ("How far chance reaches. Brothers and sisters come together, so intervals of single published years, which take "
         "children one by one, are too narrow; changes are set beside how far authorities vary from year to year.",
         "a difference looks surer than it is"),
        ("Children who moved to another authority without a record of it: they seem not to come back.",
         "re-referral is understated"),
    ]  # fmt: skip
    if not records.tables:
        first = ("What happened to any one child between contact and plan. Published figures count referrals, enquiries and "
                 "plans apart, and no published figure counts contacts or early help.", "not answered here")  # fmt: skip
        return [first, *known]
    asked = {
        "contacts": ("cont_contact_outcome",),
        "early_help_episodes": ("earl_episode_end_date", "earl_episode_end_reason", "earl_locality"),
        "cin_episodes": ("cine_close_date", "cine_referral_nfa", "cine_locality"),
    }
    gaps = [records.lacks(table, column) for table, columns in asked.items() for column in columns]
    gaps += [records.lacks(table, DATED[table][1]) for table in DATED if table not in records]
    return [*((gap, "not answered here") for gap in dict.fromkeys(gaps) if gap), *known]
