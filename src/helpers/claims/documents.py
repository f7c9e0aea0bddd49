"""The self-evaluation that ships with the repository: whose it is, its figures as numbers, and which of them are claims."""

import pandas as pd

from helpers.extracts import published
from helpers.results import NotEnoughData
from helpers.wording import day, number

AUTHORITY = "Dorset"
SOURCE = "Dorset Council, Children's Services Self-Evaluation, May 2024, figures as printed"
CLAIMS = ("change", "comparison", "effect")
NUMBERS = (
    "value", "previous_value", "comparator_value", "n_value", "n_previous", "n_assumed", "n_assumed_previous", "n_lowest",
    "n_highest", "years_value", "years_previous", "official_previous", "official_value",
)  # fmt: skip


def figures_of(local_authority: str) -> pd.DataFrame:
    """Every figure of the authority's self-evaluation, one row each, numbers as numbers (missing where none is printed).

    Raises NotEnoughData for every authority but the one whose document ships.
    """
    if not ships_for(local_authority):
        raise NotEnoughData(
            f"The self-evaluation that ships with this repository is Dorset Council's, of May 2024. There is none here for "
            f"{local_authority}: its own document would have to be put into data/published in the same columns."
        )
    figures = published.self_evaluation()
    # A comparator given in words ("4 to 5 more", "same") is not a number, and is left to the words.
    return figures.assign(**{name: pd.to_numeric(figures[name], errors="coerce") for name in NUMBERS})


def ships_for(local_authority: str) -> bool:
    """Whether the document is this authority's; no made-up one's is here."""
    try:
        return published.authority(local_authority).name == AUTHORITY
    except published.UnknownAuthority:
        return False


def printed(value: float) -> str:
    """A figure with the decimals that the document prints: "13.64", "6", "1,551"."""
    return number(value, len(f"{value:.3f}".rstrip("0").partition(".")[2]))


def claims_of(figures: pd.DataFrame) -> pd.DataFrame:
    """The figures that the document sets against an earlier or another one, or puts down to something it did."""
    return figures[figures["claim"].isin(CLAIMS)].reset_index(drop=True)


def period(local_authority: str, start: str, end: str) -> str:
    """The time that the document covers, or the period asked about where there is no document."""
    if ships_for(local_authority):
        return "Document of May 2024: figures mostly for March 2024 or 2023/24, beside those of the year before"
    return f"{day(start)} to {day(end)}"


def scope(local_authority: str, locality: str) -> str:
    """What is counted on the page, and that a chosen locality cannot narrow it."""
    try:
        figures = figures_of(local_authority)
    except NotEnoughData:
        return f"Nothing: no self-evaluation of {local_authority} ships with this repository"
    claims = len(claims_of(figures))
    text = f"{len(figures)} figures and statements, of which {claims} are claims of a change, a comparison or an effect"
    return text if not locality else f"{text}; the document gives no series by locality, so {locality} cannot be shown apart"


LIMITS = (
    ("Two points cannot tell a change from an earlier trend, or from a year that was out of the ordinary.",
     "either way: a figure measured from a peak looks better, from a trough worse"),
    ("Authors choose which figures to print, and what is doing well is likelier to be chosen.",
     "toward improvement"),
    ("Recording changed in the same year: audits of how missing is recorded, a new risk assessment, Family Help.",
     "toward fewer incidents and fewer children in need"),
    ("Many percentages have no printed denominator; plausible ones are assumed, from official statistics where they exist.",
     "either way; a verdict stands only where every plausible number agrees"),
    ("The same children stand in both counts of people on a day, and brothers and sisters come together.",
     "either way: the first makes real change look like chance, the second makes chance look like change, as the table of other "
     "assumptions shows"),
    ("The same pupils stand in several claims about attainment (boys, girls, all of them; maths and writing).",
     "toward more signals: they are not separate pieces of evidence"),
    ("Charts in the document are pictures, so the series behind them could not be read.",
     "toward not testable"),
)  # fmt: skip
FOLLOWS = (
    ("Print the number of children behind every percentage, and the figure of the year before beside every change.",
     "Performance and quality assurance", "Fewer claims on this page are not testable next year."),
    ("Give twelve monthly figures or more for the measures that matter most, so that a control chart replaces two points.",
     "Business intelligence", "The missing children page shows a control chart for the authority's own records."),
    ("State when a way of counting changed, and do not join figures across it.",
     "Performance and quality assurance", "No claim on this page is set aside as not counted alike."),
    ("Settle the places where the document says two things.",
     "Authors of the self-evaluation", "The second table of checks on this page is all passed."),
)  # fmt: skip
