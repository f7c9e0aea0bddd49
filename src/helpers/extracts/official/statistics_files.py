"""A file of Explore education statistics, any release seen, as tidy figures."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv

from helpers.extracts.official import families, periods, places, symbols, tidy
from helpers.extracts.official.families import Family
from helpers.extracts.official.tidy import Figures, Part

FILE_OF_STATISTICS = {"time_period", "time_identifier", "geographic_level"}


class NotRead(ValueError):
    """A file that cannot be read as official statistics; the message says why, and all of it."""


def read(file: Path) -> tuple[Family, Part]:
    """The family of a CSV or workbook, and its figures; raises NotRead."""
    table = _open(file)
    if not set(table.column_names) >= FILE_OF_STATISTICS:
        raise NotRead("it is not a file of Explore education statistics: it has no time_period or geographic_level")
    family = families.family_of(table.column_names)
    if family is None:
        raise NotRead(f"no data set known here has its columns {', '.join(sorted(set(table.column_names) - families.PLACE))}")
    return family, _part(table.rename_columns(family.header(table.column_names)), family)


def _open(file: Path) -> pa.Table:
    """All columns as text, names in lower case."""
    if file.suffix.lower() == ".xlsx":
        return _workbook(file)
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            names = pa.csv.open_csv(file).schema.names if '"' in (first := stream.readline()) else first.strip().split(",")
        if not _ends_with_its_line(file):
            raise NotRead("its last line has no end: it was cut short on its way, and is to be downloaded again")
        every = pa.csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False)
        table = pa.csv.read_csv(file, convert_options=every)
    except (pa.ArrowInvalid, UnicodeDecodeError, OSError) as reason:
        raise NotRead(f"it is not a complete CSV in UTF-8 ({str(reason).splitlines()[0]})") from None
    return table.rename_columns([name.strip().lower() for name in table.column_names])


def _ends_with_its_line(file: Path) -> bool:
    """Whether the last byte ends a line, as whatever writes CSVs leaves it: a number cut short looks like another number."""
    with file.open("rb") as stream:
        stream.seek(max(0, file.stat().st_size - 1))
        return stream.read() in (b"\n", b"\r", b"")


def _workbook(file: Path) -> pa.Table:
    from python_calamine import CalamineError, CalamineWorkbook  # only a workbook needs it

    try:
        rows = CalamineWorkbook.from_path(file).get_sheet_by_index(0).to_python()
    except (CalamineError, OSError, ValueError) as reason:
        raise NotRead(f"it is not a readable workbook ({reason})") from None
    if not rows:
        raise NotRead("its first sheet is empty")
    columns = {str(name).strip().lower(): [_text(cell) for cell in cells] for name, *cells in zip(*rows, strict=True)}
    return pa.table({name: pa.array(cells, pa.string()) for name, cells in columns.items()})


def _text(cell) -> str:
    """A cell as it would stand in a CSV: whole numbers without a decimal point."""
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def _part(table: pa.Table, family: Family) -> Part:
    described = {*families.PLACE, *families.NOT_FIGURES, *family.breakdown, *family.ignored, family.item, family.status}
    labels = {name: _encoded(table, name) for name in table.column_names if name in described}
    numbers, wrong = {}, []
    for name in (name for name in table.column_names if name not in described):
        try:
            numbers[name] = symbols.typed_column(table[name])
        except symbols.NotNumbers as reason:
            wrong.append(f"{name}: {reason}")
    if wrong:
        raise NotRead(f"these columns are neither figures nor a breakdown known here: {'; '.join(wrong)}")
    part, kept = _rows(labels, family, table.num_rows)
    if not len(kept):
        raise NotRead("it has no figures of England, a region or an authority")
    numbers = {name: (values[kept], codes[kept]) for name, (values, codes) in numbers.items()}
    if family.item:
        codes, items = labels[family.item]
        part.figures.extend(_items(numbers, (codes[kept], items), part, family))
    else:
        part.figures.extend(_columns(numbers, part, family))
    return part


def _encoded(table: pa.Table, name: str) -> tuple[np.ndarray, list[str]]:
    """A column of labels as codes and labels, each label under its newest name and without stray spaces."""
    column = table[name].combine_chunks().dictionary_encode()
    codes, text = column.indices.to_numpy(zero_copy_only=False), column.dictionary.to_pylist()
    return tidy.relabelled(codes, text, families.label if name not in families.PLACE else str.strip)


def _rows(labels: dict, family: Family, rows: int) -> tuple[Part, np.ndarray]:
    """Places, periods and breakdowns of the rows that are kept (districts are not), and which those are."""
    nothing = (np.zeros(rows, dtype=np.int32), [""])
    of = [labels.get(name, nothing) for name in ("geographic_level", "region_name", "old_la_code", "la_name", "new_la_code")]
    first, place = tidy.different(tidy.combined(*of))
    places_there = [places.place(*(text[codes[row]] for codes, text in of)) for row in first]
    level, old_code = ([text[codes[row]] for row in first] for codes, text in (of[0], of[2]))
    uncoded = np.array([is_in == "Local authority" and not code for is_in, code in zip(level, old_code, strict=True)])[place]
    if uncoded.any():
        told = of[3][1][of[3][0][np.argmax(uncoded)]]
        raise NotRead(f"old_la_code is missing or empty in {uncoded.sum()} rows of authorities, for example {told}")
    kept = np.flatnonzero(np.array([found is not None for found in places_there])[place])
    place, places_there = tidy.occurring(place[kept], places_there)

    of = [labels.get(name, nothing) for name in ("time_period", "time_identifier", family.status)]
    first, period = tidy.different(tidy.combined(*((codes[kept], text) for codes, text in of)))
    printed = [[text[codes[kept[row]]] for codes, text in of] for row in first]
    found = [periods.period(text, family.period or periods.IDENTIFIERS.get(kind.lower(), ""), status)
             for text, kind, status in printed]  # fmt: skip
    if None in found:
        text, kind, _ = printed[found.index(None)]
        raise NotRead(f"{found.count(None)} of its time periods are of no kind known here, for example {text} ({kind})")
    parts = [(labels[name][0][kept], labels[name][1]) for name in family.breakdown if name in labels]
    first, breakdown = (
        tidy.different(tidy.combined(*parts)) if parts else (np.zeros(1, dtype=int), np.zeros(len(kept), dtype=int))
    )
    said = [" | ".join(part for codes, text in parts if (part := text[codes[row]]) not in families.EVERYONE) for row in first]
    breakdown, said = tidy.relabelled(breakdown, said, str)
    return Part(family.key, places_there, place, found, period, said, breakdown), kept


def _columns(numbers: dict, part: Part, family: Family) -> list[Figures]:
    """One measure for each indicator; a share or mean with the columns that it divides."""
    every = np.arange(len(part.place))
    found = []
    for name, (values, codes) in numbers.items():
        divided = [numbers[column][0] if column in numbers else None for column in family.ratios.get(name, ("", ""))]
        unit = families.unit_of(name, family)
        counted = family.rounded and (unit == "number" or divided[0] is not None)
        found.append(Figures(name, unit, every, values, codes, *divided, rounded=counted))
    _refuse_repeats(tidy.combined(*_key(part)), part)
    return found


def _items(numbers: dict, items: tuple[np.ndarray, list[str]], part: Part, family: Family) -> list[Figures]:
    """Measures that stand one below the other: each item's count and share, with what the share divides."""
    counts, count_symbols = numbers[family.counts]
    group = tidy.combined(*_key(part))
    _refuse_repeats(tidy.combined(*_key(part), items), part)

    def elsewhere(wanted: list[bool], rows: np.ndarray) -> np.ndarray:
        """The count of the wanted items in each row's own group; missing where there is none."""
        among = np.flatnonzero(np.array(wanted)[items[0]])
        if not len(among):
            return np.full(len(rows), np.nan)
        among = among[np.argsort(group[among], kind="stable")]
        at = np.minimum(np.searchsorted(group[among], group[rows]), len(among) - 1)
        return np.where(group[among][at] == group[rows], counts[among][at], np.nan)

    found = []
    for code, name in enumerate(items[1]):
        rows = np.flatnonzero(items[0] == code)
        divided = [elsewhere([other == part for other in items[1]], rows) for part in family.base.get(name, ())]
        unit = "%" if name.startswith("Percentage") else "other" if "verage" in name else "number"
        counted = family.rounded and (unit == "number" or bool(divided))
        found.append(Figures(name, unit, rows, counts[rows], count_symbols[rows], *divided, rounded=counted))
        if family.shares:
            values, codes = numbers[family.shares]
            base = (
                numbers[family.population][0][rows]
                if family.population
                else elsewhere([families.is_total(other) for other in items[1]], rows)
            )
            unit = "per 10,000" if family.population else "%"
            found.append(Figures(name, unit, rows, values[rows], codes[rows], counts[rows], base, family.rounded))
    return found


def _key(part: Part) -> list[tuple[np.ndarray, list]]:
    return [(part.place, part.places), (part.period, part.periods), (part.breakdown, part.breakdowns)]


def _refuse_repeats(keys: np.ndarray, part: Part) -> None:
    """Raises NotRead where a place has two rows for one period and breakdown: the file divides by what is not known here."""
    first, codes = tidy.different(keys)
    repeated = np.flatnonzero(np.bincount(codes) > 1)
    if len(repeated):
        row = first[repeated[0]]
        raise NotRead(
            f"{len(repeated)} figures stand there twice, for example {part.places[part.place[row]].area}, "
            f"{part.periods[part.period[row]].period}, {part.breakdowns[part.breakdown[row]] or 'everyone'}"
        )
