"""The headline measures that are asked for by name: what each means, of whom it is published, and the figures themselves."""

from functools import lru_cache

import numpy as np
import pandas as pd

from helpers.extracts.official import interactive_tool, periods, places
from helpers.extracts.official.education_measures import EDUCATION_MEASURES
from helpers.extracts.official.families import BY_KEY
from helpers.extracts.official.folder import Statistics
from helpers.extracts.official.measure_builders import HeadlineMeasure
from helpers.extracts.official.social_care_measures import SOCIAL_CARE_MEASURES
from helpers.extracts.official.sources import POPULATION, SOURCES, Source
from helpers.wording import listing

MEASURES: dict[str, HeadlineMeasure] = {measure.key: measure for measure in (*SOCIAL_CARE_MEASURES, *EDUCATION_MEASURES)}
COLUMNS = [
    "area", "area_type", "old_code", "region", "year", "numerator", "denominator", "value", "symbol", "computed", "rounded",
    "together", "data_set", "file", "population_file",
]  # fmt: skip
KEY = ["area_type", "area", "old_code", "year"]
OF_POPULATION = "mid-year estimates of population to "
WITHHELD = ("c", "u", "low")  # symbols of a value that there is and that its file does not print


def rows(statistics: Statistics, key: str, group: str = "") -> pd.DataFrame:
    """Every figure of a headline measure, of one group, a row a place and year, in COLUMNS.

    From the department's files where they have a value or say why they print none, else from the Interactive Tool. `computed`
    says that no file prints the value: it is the published numerator over the denominator. `together` names the areas of a
    figure that is published for two authorities as one. Years before the first comparable one are left out. Empty where no file
    has the measure.
    """
    if not statistics.files:
        return pd.DataFrame(columns=COLUMNS)
    definition, source = MEASURES[key], SOURCES[key][group]
    found = [_from_tool(statistics, source, definition), _from_files(statistics, source, definition)]
    found = pd.concat([part for part in found if len(part)] or [pd.DataFrame(columns=COLUMNS)], ignore_index=True)
    found = found[found["year"] >= definition.first_period]
    found["from_files"] = found["data_set"] != interactive_tool.KEY
    withheld = found["from_files"] & found["symbol"].isin(WITHHELD) & bool(source.value)
    found["has"] = found["value"].notna() | withheld  # the tool may still print what the files have withdrawn, or 0 for [low]
    best = found.sort_values(["has", "from_files"], kind="stable").drop_duplicates(KEY, keep="last")
    return best.sort_values(["area_type", "area", "year"], kind="stable")[COLUMNS].reset_index(drop=True)


def _from_files(statistics: Statistics, source: Source, definition: HeadlineMeasure) -> pd.DataFrame:
    if not source.data_set:
        return pd.DataFrame(columns=COLUMNS)
    if source.value:
        found = _figures(statistics, source.data_set, source.value, source)
        if definition.per is None:  # a count is its own numerator
            found = found.assign(numerator=found["value"])
        return found.assign(computed=False)
    counts = [_figures(statistics, source.data_set, measure, source) for measure in source.numerator]
    found = counts[0].rename(columns={"value": "above"})
    if len(counts) > 1:  # a sum of counts that are each rounded is no count
        found = found[~found["rounded"].astype(bool)].reset_index(drop=True)
    for other in counts[1:]:
        added = found[KEY].merge(other[[*KEY, "value", "symbol"]], how="left", on=KEY)
        found["above"] += added["value"].to_numpy()
        found["symbol"] = found["symbol"].where(found["symbol"] != "", added["symbol"].fillna("x"))
    of_population = source.denominator[0] == POPULATION
    below = _figures(statistics, *source.denominator, Source())
    if of_population:
        below = below.assign(year=below["year"] + 1, population_file=below["file"])
    else:
        below = below.assign(population_file="")
    below = found[KEY].merge(below[[*KEY, "value", "symbol", "population_file"]], how="left", on=KEY)
    denominator = below["value"].to_numpy()
    value = np.divide(definition.per * found["above"], denominator, where=denominator > 0, out=np.full(len(found), np.nan))
    missing = np.where(found["symbol"] != "", found["symbol"], below["symbol"].fillna("x").replace("", "z"))
    return found.assign(
        numerator=found["above"], denominator=denominator, value=value, symbol=np.where(np.isnan(value), missing, ""),
        computed=~np.isnan(value), population_file=below["population_file"].fillna("").to_numpy(),
    )  # fmt: skip


def _from_tool(statistics: Statistics, source: Source, definition: HeadlineMeasure) -> pd.DataFrame:
    if not source.tool:
        return pd.DataFrame(columns=COLUMNS)
    found = _figures(statistics, interactive_tool.KEY, source.tool, Source()).assign(computed=False)
    if definition.per is not None:
        return found
    counts_rounded = source.data_set != "" and BY_KEY[source.data_set].rounded
    return found.assign(numerator=found["value"], rounded=(found["area_type"] != "Local authority") & counts_rounded)


def _figures(statistics: Statistics, data_set: str, measure: str, source: Source) -> pd.DataFrame:
    """The tidy figures of one measure and breakdown, authorities that are published as one taken apart."""
    own = source if data_set == source.data_set else Source()
    found = statistics.figures(data_set, measure, unit=own.unit or None, breakdown=own.breakdown)
    found = found[~found["period"].astype(str).str.contains(" to ")]  # years pooled are no year's figure
    found = found.rename(columns={"level": "area_type"}).assign(together="", population_file="")
    pairs = found[found["old_code"].str.contains("/", na=False)]
    if not len(pairs):
        return found
    alone = found.drop(pairs.index)
    apart = pairs.assign(together=pairs["area"], old_code=pairs["old_code"].str.split(" / ")).explode("old_code")
    apart = apart.assign(area=[places.names().get(code, (code,))[0] for code in apart["old_code"]])
    return pd.concat([apart, alone], ignore_index=True).drop_duplicates(KEY, keep="last", ignore_index=True)


def renamed(statistics: Statistics) -> list[str]:
    """What headline measures look for and do not find in the last year of a data set that is there, a sentence a data set.

    A release that gives a column, an item or a group another name shows here; its figures would else be missing in silence.
    """
    last: dict[str, int] = {}
    for entry in statistics.files:
        last[entry["data_set"]] = max(entry["last_year"], last.get(entry["data_set"], 0))
    found: dict[str, tuple[dict[str, None], dict[str, None]]] = {}  # data set -> what is missing, and the measures that want it
    for key, groups in SOURCES.items():
        for source in groups.values():
            divided = BY_KEY[source.data_set].ratios.get(source.value, ()) if source.data_set else ()
            sought = [(source.data_set, measure, source.breakdown, source.unit or None)
                      for measure in (source.value, *source.numerator, *divided) if measure]  # fmt: skip
            sought += [(*source.denominator, "", None)] if source.denominator[0] else []
            for data_set, measure, breakdown, unit in sought:
                if last.get(data_set, 0) > statistics.last_year(data_set, measure, unit=unit, breakdown=breakdown):
                    names, keys = found.setdefault(data_set, ({}, {}))
                    names[f"{measure} ({breakdown})" if breakdown else measure] = keys[key] = None
                    break  # without the figure itself, what it divides is no further matter
    return [
        f"{BY_KEY[data_set].title}, {last[data_set]}: nothing is called {listing(names)}; {listing(keys)} may want figures"
        for data_set, (names, keys) in found.items()
    ]


@lru_cache(maxsize=1)
def appendix() -> pd.DataFrame:
    """The catalogue for readers, a row a measure: what it is, how it is worked out, whose figure it is, from when, its breaks."""
    better = {"higher": "higher is better", "lower": "lower is better", None: "neither way is better"}
    return pd.DataFrame([
        {
            "measure": measure.name[0].upper() + measure.name[1:],
            "unit": measure.unit,
            "definition": measure.definition,
            "formula": measure.formula,
            "groups": "; ".join(group for group in SOURCES[measure.key] if group),
            "better": better[measure.better],
            "publication": measure.publication,
            "from": periods.named(measure.first_period, measure.period),
            "breaks": measure.breaks,
        }
        for measure in MEASURES.values()
    ])  # fmt: skip


def sources_of(statistics: Statistics, rows: pd.DataFrame) -> list[str]:
    """What each row comes from, in words: the publisher, the data set, the population behind a rate and which release of it."""
    populations = {"": ""}
    for entry in statistics.files:
        release = statistics.release(entry["file"])
        populations[entry["file"]] = f"; {OF_POPULATION}{entry['last_year']}" + (f"; {release}" if release else "")
    titles = {
        entry["file"]: f"DfE, {': '.join(filter(None, [entry['publication'], entry['title']]))}" for entry in statistics.files
    }
    return [titles[file] + populations[of] for file, of in zip(rows["file"], rows["population_file"], strict=True)]
