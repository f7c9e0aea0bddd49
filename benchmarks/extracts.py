"""Annex A to typed tables, validation included, against pandas with openpyxl merely reading the same sheets; ratios in one run.

    python -m pip install -r benchmarks/requirements.txt    (in an environment of its own)
    python benchmarks/extracts.py

Then the warm load of what was typed, and time and memory from 10,000 to 1,000,000 rows (one CSV for each list, since a workbook's
sheet ends at 1,048,576) and from 10,000 to 1,000,000 children of a census (XML), each in a process of its own.
"""

import resource
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))
from helpers import extracts

SHARES = {1: 0.4, 2: 0.15, 3: 0.12, 4: 0.12, 5: 0.05, 6: 0.08, 7: 0.03, 8: 0.02, 9: 0.02, 10: 0.01}  # of the rows, by list
TEAMS = [f"Locality {place} {team}" for place in range(1, 7) for team in ("Assessment", "Safeguarding", "Duty")]


def lists(rows: int) -> dict[str, pd.DataFrame]:
    """Lists 1 to 10 of an Annex A with `rows` rows altogether, in the template's headers and codes, without a fault in them."""
    rng = np.random.default_rng(1)
    people = rows // 2
    born = pd.Timestamp("2006-01-01") + pd.to_timedelta(rng.integers(0, 6000, people), "D")
    gender, ethnicity = rng.choice(["a) Male", "b) Female"], people), rng.choice(["a) WBRI", "k) APKN", "s) NOBT"], people)
    made = {}

    def days(count, before=180):
        return pd.Timestamp("2024-09-30") - pd.to_timedelta(rng.integers(0, before, count), "D")

    def one_of(count, *values):
        return rng.choice(values, count)

    for number, share in SHARES.items():
        count = max(1, int(rows * share))
        child = rng.permutation(people)[:count]
        frame = pd.DataFrame({"Child Unique ID": 1_000_000 + child, "Gender": gender[child], "Ethnicity": ethnicity[child],
                              "Date of Birth": born[child], "Age of Child (Years)": 5})  # fmt: skip
        frame["Does the Child have a Disability"] = one_of(count, "a) Yes", "b) No")
        team, yes, start = one_of(count, *TEAMS), one_of(count, "a) Yes", "b) No"), days(count)
        end = pd.Series(start + pd.Timedelta(days=40)).where(rng.random(count) < 0.5)
        columns = {
            1: {"Date of Contact": start, "Contact Source": one_of(count, "q) 6: Police", "a) 1A: Individual", "e) 2A: Schools")},
            2: {"Assessment start date": start, "Assessment completion date": end,
                "Organisation completing assessment": one_of(count, "School", "Health")},
            3: {"Date of referral": start, "Referral Source": one_of(count, "q) 6: Police", "e) 2A: Schools"),
                "Referral NFA?": yes,
                "Number of Referrals in Last 12 Months": 0, "Allocated Team": team},
            4: {"Continuous Assessment Start Date": start, "Child Seen During Continuous Assessment": yes,
                "Continuous Assessment Date of Authorisation": end,
                "Was the child assessed as requiring LA children’s social care support": yes, "Allocated Team": team},
            5: {"Strategy discussion initiating Section 47 Enquiry Start Date": start,
                "Was an Initial Child Protection Conference deemed unnecessary?": yes,
                "Date of Initial Child Protection Conference": end,
                "Did the Initial Child Protection Conference Result in a Child Protection Plan": yes, "Allocated Team": team},
            6: {"CIN Start Date": start, "Primary Need Code": one_of(count, "N1 - Abuse or neglect", "N5 - Family dysfunction"),
                "CIN Closure Date": end, "Reason for Closure": "RC7", "Case status": "c) Child in need plan",
                "Allocated Team": team},
            7: {"Child Protection Plan Start Date": start, "Initial Category of Abuse": "a) Neglect",
                "Latest Category of Abuse": "d) Emotional abuse", "Child Protection Plan End Date": end,
                "Number of Previous Child Protection Plans": 0, "Allocated Team": team},
            8: {"Date Started to be Looked After": start, "Child's Legal Status": "C2: FCO",
                "Placement Type": "f) U6: Foster placement",
                "Date Ceased to be Looked After ": end, "Allocated Team": team},
            9: {"Eligibility Category": "b) Former relevant child", "LA In Touch ": "a) Yes",
                "Suitability of Accommodation": "a) Suitable", "Activity Status": "F2: Full time in education other than higher"},
            10: {"Date of Decision that Child Should be Placed for Adoption": start, "Date of Placement Order": end},
        }[number]  # fmt: skip
        made[f"List {number}"] = frame.assign(**columns)
    return made


def measured(work, runs: int) -> float:
    """The least processor time in seconds of `runs`: a clock is unfair on a shared machine."""
    times = []
    for _ in range(runs):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return min(times)


def against_openpyxl(folder: Path, rows: int = 100_000) -> None:
    book = folder / "annex_a.xlsx"
    with pd.ExcelWriter(book, engine="xlsxwriter") as writer:
        for name, frame in lists(rows).items():
            frame.to_excel(writer, sheet_name=name, index=False)
    read = extracts.read(book)
    assert not read.faults and sum(entry["rows"] for entry in read.inputs) >= rows, read.faults[:3]
    ours = measured(lambda: extracts.read(book), 3)
    theirs = measured(lambda: pd.read_excel(book, sheet_name=None, engine="openpyxl"), 1)
    print(f"{rows:,} rows of Annex A, typed and validated: {ours:.1f} s of processor; "
          f"pandas with openpyxl, only read: {theirs:.1f} s; {theirs / ours:.1f} times as fast")  # fmt: skip
    extracts.write_typed(read, folder / "typed")
    load = partial(extracts.load_typed, folder / "typed")
    load()
    print(f"warm load of its {len(read.tables)} tables: {1000 * measured(load, 9):.0f} ms of processor")


def write_lists(folder: Path, rows: int) -> None:
    for name, frame in lists(rows).items():
        frame.to_csv(folder / f"{name}.csv", index=False, date_format="%d/%m/%Y")


def write_census(folder: Path, children: int) -> None:
    """A return in which every child has a referral and an assessment, and some a plan, an enquiry, a conference and reviews."""
    day = np.datetime_as_string(np.datetime64("2023-04-01") + np.arange(366)).tolist()
    born = np.datetime_as_string(np.datetime64("2006-01-01") + np.arange(6000)).tolist()
    with (folder / "census.xml").open("w", encoding="utf-8") as file:
        file.write("<Message><Header><ReferenceDate>2024-03-31</ReferenceDate></Header><Children>\n")
        for child in range(children):
            on = child * 7919 % 300
            file.write(
                f"<Child><ChildIdentifiers><LAchildID>{1_000_000 + child}</LAchildID><UPN>A{child:012}</UPN>"
                f"<PersonBirthDate>{born[child * 31 % 6000]}</PersonBirthDate><GenderCurrent>{1 + child % 2}</GenderCurrent>"
                "</ChildIdentifiers><ChildCharacteristics><Ethnicity>WBRI</Ethnicity></ChildCharacteristics>"
                f"<CINdetails><CINreferralDate>{day[on]}</CINreferralDate><ReferralSource>6</ReferralSource>"
                f"<PrimaryNeedCode>N{1 + child % 8}</PrimaryNeedCode><Assessments>"
                f"<AssessmentActualStartDate>{day[on + 1]}</AssessmentActualStartDate><FactorsIdentifiedAtAssessment>"
                "<AssessmentFactors>2B</AssessmentFactors><AssessmentFactors>3A</AssessmentFactors>"
                "</FactorsIdentifiedAtAssessment></Assessments>"
            )
            if child % 4 == 0:
                file.write(f"<CINPlanDates><CINPlanStartDate>{day[on + 31]}</CINPlanStartDate></CINPlanDates>")
            if child % 5 == 0:
                file.write(
                    f"<Section47><S47ActualStartDate>{day[on + 5]}</S47ActualStartDate>"
                    f"<DateOfInitialCPC>{day[on + 18]}</DateOfInitialCPC></Section47>"
                )
            if child % 10 == 0:
                file.write(
                    f"<ChildProtectionPlans><CPPstartDate>{day[on + 18]}</CPPstartDate>"
                    "<InitialCategoryOfAbuse>NEG</InitialCategoryOfAbuse><Reviews>"
                    f"<CPPreviewDate>{day[on + 50]}</CPPreviewDate></Reviews></ChildProtectionPlans>"
                )
            file.write("</CINdetails></Child>\n")
        file.write("</Children></Message>\n")


KINDS = {"rows of CSV": write_lists, "children of a census": write_census}


def at_size(folder: Path, kind: str, size: int) -> str:
    """What a process of its own takes to read so many of a kind, once it has read 10,000 of them."""
    given = folder / kind / str(size)
    given.mkdir(parents=True)
    KINDS[kind](given, size)
    return subprocess.run([sys.executable, __file__, str(given)], capture_output=True, text=True, check=True).stdout.strip()


def read_here(given: Path) -> None:
    size, kind = int(given.name), given.parent.name
    extracts.read(given.with_name("10000"))  # imports and first calls are not what is measured
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    read = extracts.read(given)
    seconds, most = time.process_time() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert len(read.tables) >= 9 and not read.faults, read.faults[:3]
    tables = sum(frame.memory_usage(deep=True).sum() for frame in read.tables.values())
    given_bytes = sum(file.stat().st_size for file in given.iterdir())
    print(f"{size:,} {kind}: {seconds:.1f} s of processor, {1e6 * seconds / size:.0f} microseconds each; "
          f"{(most - before) / 1024:.0f} MB beyond the first 10,000, for {tables / 1e6:.0f} MB of tables "
          f"from {given_bytes / 1e6:.0f} MB of files")  # fmt: skip


if __name__ == "__main__":
    if len(sys.argv) > 1:
        read_here(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as made:
            against_openpyxl(Path(made))
            for kind in KINDS:
                for size in (10_000, 100_000, 1_000_000):
                    print(at_size(Path(made), kind, size), flush=True)
