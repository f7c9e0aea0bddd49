"""The made-up authority's children in need census: one XML return for each year, streamed, each in a zip of its own."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from helpers.synthetic.authority import Authority
from helpers.synthetic.people import pupil_numbers
from helpers.synthetic.place import day_number, timestamps
from helpers.synthetic.records.columns import Ids
from helpers.synthetic.returns import YEARS

AUTHORITY_CODE = "999"  # of no English authority
AT_A_TIME = 20_000  # children written together
GENDERS = {"M": "1", "F": "2", "U": "0"}


def path(year: int) -> str:
    return f"cin_census/cin_census_{year}.zip"


def documents(authority: Authority) -> Iterator[tuple[str, str, Iterator[str]]]:
    """(path of the zip, name inside, the document in pieces) for every year."""
    census = Census(authority)
    for year in YEARS:
        yield path(year), f"cin_census_{year}.xml", census.document(year)


def days(values: np.ndarray) -> np.ndarray:
    """Day numbers as ISO dates."""
    return np.datetime_as_string(np.asarray(values, dtype="datetime64[D]"))


def element(name: str, values, given=True) -> np.ndarray:
    """<name>value</name> for each value, nothing where it is not given."""
    values = np.asarray(values).astype(str)
    return np.where(given, np.char.add(np.char.add(f"<{name}>", values), f"</{name}>"), "")


def joined(*parts: np.ndarray) -> np.ndarray:
    """Text of each row: the parts one after another."""
    whole = parts[0]
    for part in parts[1:]:
        whole = np.char.add(whole, part)
    return whole


def gathered(keys: np.ndarray, texts: np.ndarray, of: np.ndarray) -> np.ndarray:
    """For each of `of` the texts with that key, one after another, in their order; empty where there is none."""
    if not len(keys):
        return np.full(len(of), "")
    order = np.argsort(keys, kind="stable")
    keys, texts = keys[order], texts[order].astype(object)
    begins = np.concatenate([[True], keys[1:] != keys[:-1]])
    together = np.add.reduceat(texts, np.nonzero(begins)[0])  # joins text, as it adds numbers
    found = pd.Series(together, index=keys[begins]).reindex(of)
    return found.fillna("").to_numpy(dtype=object).astype(str)


class Census:
    """What the returns of all years are made from."""

    def __init__(self, authority: Authority) -> None:
        self.of, self.ids = authority, Ids(authority)
        self.factors = authority.referrals.factors
        self.reviews = authority.referrals.reviews

    def document(self, year: int) -> Iterator[str]:
        """One year's return in pieces, as it stood on 31 March."""
        first, last = day_number(f"{year - 1}-04-01"), day_number(f"{year}-03-31")
        every = self.of.referrals.referrals
        referrals = every[(every["day"] <= last) & (every["closed"] >= first)].sort_values(["child", "day"])
        children = np.unique(referrals["child"])
        yield (
            '<?xml version="1.0" encoding="utf-8"?>\n<Message>\n<Header><CollectionDetails><Collection>CIN</Collection>'
            f"<Year>{year}</Year><ReferenceDate>{year}-03-31</ReferenceDate></CollectionDetails><Source><SourceLevel>L"
            f"</SourceLevel><LEA>{AUTHORITY_CODE}</LEA><SoftwareCode>Local Authority</SoftwareCode><Release>1</Release>"
            f"<SerialNo>001</SerialNo><DateTime>{year}-06-30T09:00:00</DateTime></Source></Header>\n<Children>\n"
        )
        for start in range(0, len(children), AT_A_TIME):
            some = children[start : start + AT_A_TIME]
            theirs = referrals[referrals["child"].between(some[0], some[-1])]
            yield from self._children(some, theirs, first, last)
        yield "</Children>\n</Message>\n"

    def _children(self, children: np.ndarray, referrals: pd.DataFrame, first: int, last: int) -> Iterator[str]:
        who = self.of.people.iloc[children]
        born, unborn = who["born"].to_numpy(), who["born"].to_numpy() > last
        has_upn = (timestamps(born).lt("2020-09-01") & timestamps(born + 4 * 365).le(timestamps([last])[0])).to_numpy()
        has_upn = has_upn & ~who["unaccompanied"].to_numpy(dtype=bool)
        why = np.where(who["unaccompanied"], "UN3", "UN1")
        sex = who["sex"].to_numpy()
        new = last >= day_number("2025-03-31")
        identifiers = joined(
            np.full(len(children), "<ChildIdentifiers>"), element("LAchildID", self.ids.child(children)),
            element("UPN", pupil_numbers(children), has_upn), element("UPNunknown", why, ~has_upn),
            element("PersonBirthDate", days(born), ~unborn), element("ExpectedPersonBirthDate", days(born), unborn),
            element("Sex", sex) if new else element("GenderCurrent", pd.Series(sex).map(GENDERS)),
            np.full(len(children), "</ChildIdentifiers>"),
        )  # fmt: skip
        disability = np.where(who["disability"] == "", "NONE", who["disability"])
        traits = joined(
            np.full(len(children), "<ChildCharacteristics>"), element("Ethnicity", who["ethnicity"]),
            np.full(len(children), "<Disabilities>"), element("Disability", disability),
            np.full(len(children), "</Disabilities></ChildCharacteristics>"),
        )  # fmt: skip
        details = gathered(referrals["child"].to_numpy(), self._details(referrals, first, last), children)
        for one, two, three in zip(identifiers, traits, details, strict=True):
            yield f"<Child>{one}{two}{three}</Child>\n"

    def _details(self, referrals: pd.DataFrame, first: int, last: int) -> np.ndarray:
        """CINdetails of each referral."""
        number, closed = referrals["number"].to_numpy(), referrals["closed"].to_numpy()
        over, count = closed <= last, len(referrals)
        return joined(
            np.full(count, "<CINdetails>"), element("CINreferralDate", days(referrals["day"])),
            element("ReferralSource", referrals["source"]), element("PrimaryNeedCode", referrals["need"]),
            element("CINclosureDate", days(closed), over), element("ReasonForClosure", referrals["reason"], over),
            self._assessments(number, first, last), self._cin_plans(number, first, last), self._enquiries(number, first, last),
            element("ReferralNFA", np.where(referrals["nfa"], "1", "0")), self._plans(number, first, last),
            np.full(count, "</CINdetails>"),
        )  # fmt: skip

    def _under(self, frame: pd.DataFrame, number: np.ndarray, start: str, end: str, first: int, last: int) -> pd.DataFrame:
        """Rows under these referrals that were open at some time in the year."""
        there = frame[(frame[start] <= last) & (frame[end] >= first)]
        return there[there["referral"].isin(number)]

    def _assessments(self, number: np.ndarray, first: int, last: int) -> np.ndarray:
        done = self._under(self.of.referrals.assessments, number, "start", "done", first, last)
        over, count = (done["done"] <= last).to_numpy(), len(done)
        codes = gathered(
            self.factors["assessment"].to_numpy(), element("AssessmentFactors", self.factors["factor"]), done["assessment"]
        )
        found = np.where(
            over & (codes != ""),
            joined(np.full(count, "<FactorsIdentifiedAtAssessment>"), codes, np.full(count, "</FactorsIdentifiedAtAssessment>")),
            "",
        )
        texts = joined(
            np.full(count, "<Assessments>"), element("AssessmentActualStartDate", days(done["start"])),
            element("AssessmentAuthorisationDate", days(done["done"]), over), found, np.full(count, "</Assessments>"),
        )  # fmt: skip
        return gathered(done["referral"].to_numpy(), texts, number)

    def _cin_plans(self, number: np.ndarray, first: int, last: int) -> np.ndarray:
        plans = self._under(self.of.referrals.cin_plans, number, "start", "end", first, last)
        texts = joined(
            np.full(len(plans), "<CINPlanDates>"), element("CINPlanStartDate", days(plans["start"])),
            element("CINPlanEndDate", days(plans["end"]), (plans["end"] <= last).to_numpy()),
            np.full(len(plans), "</CINPlanDates>"),
        )  # fmt: skip
        return gathered(plans["referral"].to_numpy(), texts, number)

    def _enquiries(self, number: np.ndarray, first: int, last: int) -> np.ndarray:
        made = self._under(self.of.referrals.enquiries, number, "start", "done", first, last)
        held, known = made["held"].between(1, last).to_numpy(), (made["done"] <= last).to_numpy()
        texts = joined(
            np.full(len(made), "<Section47>"), element("S47ActualStartDate", days(made["start"])),
            element("InitialCPCtarget", days(made["target"]), (~made["not_required"]).to_numpy(dtype=bool)),
            element("DateOfInitialCPC", days(made["held"]), held),
            element("ICPCnotRequired", np.where(made["not_required"] & known, "1", "0")), np.full(len(made), "</Section47>"),
        )  # fmt: skip
        return gathered(made["referral"].to_numpy(), texts, number)

    def _plans(self, number: np.ndarray, first: int, last: int) -> np.ndarray:
        plans = self._under(self.of.plans, number, "start", "end", first, last)
        count = len(plans)
        reviews = self.reviews[self.reviews["day"] <= last]
        dates = gathered(reviews["plan"].to_numpy(), element("CPPreviewDate", days(reviews["day"])), plans["plan"])
        held = np.where(dates != "", joined(np.full(count, "<Reviews>"), dates, np.full(count, "</Reviews>")), "")
        texts = joined(
            np.full(count, "<ChildProtectionPlans>"), element("CPPstartDate", days(plans["start"])),
            element("CPPendDate", days(plans["end"]), (plans["end"] <= last).to_numpy()),
            element("InitialCategoryOfAbuse", plans["category"]), element("LatestCategoryOfAbuse", plans["latest"]),
            element("NumberOfPreviousCPP", plans["previous"]), held, np.full(count, "</ChildProtectionPlans>"),
        )  # fmt: skip
        return gathered(plans["referral"].to_numpy(), texts, number)
