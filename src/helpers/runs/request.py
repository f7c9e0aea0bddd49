"""What a run is asked to do, checked whole before anything runs: every problem at once, each with the nearest valid name."""

import csv
import os
import re
from argparse import Namespace
from dataclasses import dataclass, replace
from pathlib import Path

from helpers.runs.parameters import nearest, value_of
from helpers.runs.themes import Parameter, Theme, find, is_iso_date

NOT_PARAMETERS = ("themes", "data", "description")  # what a named set may say beside parameters
DEFAULT_AUTHORITY = "Dorset"
AUTHORITIES = Path(__file__).parents[3] / "data" / "published" / "authorities.csv"
POLICY_PARAMETERS = ("suppress_up_to", "round_to")
ABOUT = "about.yml"
OFFICIAL = "data/official"
ON_RECORDS = "data_quality"  # the theme that says what came in
FOLDER_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}", re.ASCII)
WINDOWS_KEEPS = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


class Refused(Exception):
    """A request that cannot be run; `problems` holds one sentence for each thing that is wrong."""

    def __init__(self, problems):
        self.problems = list(dict.fromkeys(problems))
        super().__init__("; ".join(self.problems))


@dataclass(frozen=True)
class RunSet:
    """One authority, one choice of extracts and parameters: a column of the index, a folder of pages."""

    name: str
    local_authority: str
    made_up: bool
    data: Path | None  # None: published figures only
    description: str
    themes: dict[str, dict]  # theme -> every parameter with its value

    @property
    def vouched(self) -> bool:
        """Whether nothing beside the extracts says whose they are, so that whoever runs this vouches for it."""
        return self.data is not None and not about_file(self.data).is_file()


@dataclass(frozen=True)
class Request:
    """Everything a run needs to know, checked."""

    root: Path
    themes: dict[str, Theme]
    sets: tuple[RunSet, ...]
    label: str
    out: Path
    jobs: int
    force: bool
    dry_run: bool
    approved_by: str
    official: Path | None = None  # the folder of official statistics; None: those that ship


def check(args: Namespace, root: Path) -> Request:
    """The request that the command line makes of the project at `root`; raises Refused with every problem."""
    problems: list[str] = []
    themes = find(root / "notebooks")
    chosen = list(dict.fromkeys(args.themes or themes))
    problems += [f"There is no theme {name}.{nearest(name, themes)}" for name in chosen if name not in themes]
    chosen = [name for name in chosen if name in themes]
    if not themes:
        problems.append("There is no notebook in notebooks/.")

    label, approved_by = args.label or "latest", (args.approved_by or "").strip()
    jobs = (os.cpu_count() or 1) if args.jobs is None else args.jobs
    if not is_folder_name(label) or label.lower() == "index.html":  # the list of all labels has that name
        problems.append(f"The label “{label}” cannot name a folder: use letters, digits, - _ and . with a letter or digit first.")
    if jobs < 1:
        problems.append(f"--jobs is the number of notebooks to run at a time, 1 or more, not {jobs}.")
    data = Path(args.data).expanduser().resolve() if args.data else None

    file = Path(args.params).expanduser() if args.params else root / "notebooks" / "parameters.yml"
    written = _read(file, problems) if file.exists() else {}
    if args.params and not file.exists():
        problems.append(f"--params: there is no file {args.params}.")
    common, sections, named = _parts(written, themes, file.name, problems)

    command_line = [(name, value) for name, value in args.p or []]
    if args.set or not (command_line or data):
        asked = list(dict.fromkeys(args.set or named))
        problems += [f"There is no set {name} in {file.name}.{nearest(name, named)}" for name in asked if name not in named]
        asked = {name: dict(named[name]) for name in asked if name in named}
        if not asked and not problems:
            problems.append(f"{file.name} names no set to run.")
    else:
        asked = {"": {}}
    if data and (data := _data(data, root, "--data: ", problems)):
        if about_of(data).get("made_up") is not True:  # dates and places of an invention are nobody's
            problems += [f"The set {name} is that of made-up records: give --data with another set, or with none."
                         for name, entries in asked.items()
                         if entries.get("data") and about_of(root / str(entries["data"])).get("made_up") is True]  # fmt: skip
        asked = {name: {**_with_records(entries, themes), "data": data} for name, entries in asked.items()}

    sets = [_set(name, entries, common, sections, command_line, chosen, themes, root, file.name, problems)
            for name, entries in asked.items()]  # fmt: skip
    sets = [run_set if args.themes or asked[name].get("themes") else _without_others_themes(run_set, themes)
            for name, run_set in zip(asked, sets, strict=True)]  # fmt: skip
    if args.official and not _official(args.official, root):
        problems.append(f"--official: {args.official} is no folder; it is one that holds the files, unpacked.")
    _refuse_looser(sets, approved_by, problems)
    _refuse_unused(command_line, sets, themes, problems)
    if problems:
        raise Refused(problems)
    out = Path(args.out).expanduser().resolve() if args.out else root / "reports"
    running = tuple(run_set for run_set in sets if run_set.themes)
    if not running:
        raise Refused([f"None of the chosen sets has {', '.join(chosen)}."])
    official = _official(args.official, root)
    return Request(root, themes, running, label, out, jobs, bool(args.force), bool(args.dry_run), approved_by, official)


def is_folder_name(text: str) -> bool:
    """Whether `text` can safely name a folder on any system."""
    return bool(FOLDER_NAME.fullmatch(text)) and ".." not in text and not text.endswith(".") and not WINDOWS_KEEPS.fullmatch(text)


def _read(file: Path, problems: list[str]) -> dict:
    import yaml

    try:
        written = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    except (yaml.YAMLError, UnicodeDecodeError, OSError) as reason:
        line = getattr(getattr(reason, "problem_mark", None), "line", None)
        problems.append(f"{file.name} is not readable as YAML{'' if line is None else f' (line {line + 1})'}.")
        return {}
    if not isinstance(written, dict):
        problems.append(f"{file.name} should hold `all:`, a section for each theme and `sets:`.")
        return {}
    return written


def _parts(written: dict, themes: dict[str, Theme], file: str, problems: list[str]) -> tuple[dict, dict, dict]:
    """`all:`, the sections of themes, and `sets:` of a parameters file; what is none of these is a problem."""
    for name, entries in written.items():
        if name not in ("all", "sets") and name not in themes:
            problems.append(f"{file}: {name} is not a theme.{nearest(name, ['all', 'sets', *themes])}")
        elif not isinstance(entries, (dict, type(None))):
            problems.append(f"{file}: {name} should hold names and values.")
    written = {name: entries for name, entries in written.items() if isinstance(entries, dict)}
    named = written.get("sets", {})
    for name, entries in named.items():
        if not is_folder_name(str(name)):
            problems.append(f"{file}: the set name “{name}” cannot name a folder: use letters, digits, - _ and .")
        if not isinstance(entries, (dict, type(None))):
            problems.append(f"{file}: set {name} should hold names and values.")
    named = {str(name): entries or {} for name, entries in named.items() if isinstance(entries, (dict, type(None)))}
    return written.get("all", {}), {name: written.get(name, {}) for name in themes}, named


def _set(name, entries, common, sections, command_line, chosen, themes, root, file, problems) -> RunSet:
    """One set with every theme's parameters; problems are added to `problems`."""
    where = f"{file}, set {name}: " if name else ""
    data = entries["data"] if isinstance(entries.get("data"), Path) else _data(entries.get("data"), root, where, problems)
    about = about_of(data)
    of_themes = {key: value for key, value in entries.items() if key in themes and isinstance(value, dict)}
    of_set = {key: value for key, value in entries.items() if key not in NOT_PARAMETERS and key not in of_themes}
    listed = entries.get("themes") or list(themes)
    listed = [listed] if isinstance(listed, str) else list(listed)
    problems += [f"{where}there is no theme {theme}.{nearest(theme, themes)}" for theme in listed if theme not in themes]
    every_parameter = sorted({parameter for theme in themes.values() for parameter in theme.parameters})
    for layer, told in (({**common}, f"{file}, all: "), (of_set, where)):
        unknown = [key for key in layer if key not in every_parameter]
        problems += [f"{told}{key} is not a parameter.{nearest(key, every_parameter + list(NOT_PARAMETERS))}" for key in unknown]

    themes_of_set: dict[str, dict] = {}
    ungiven: dict[str, list[Parameter]] = {}
    for theme in (themes[theme] for theme in listed if theme in chosen):  # in the order in which a set lists them
        own, of_theme = sections.get(theme.name, {}), of_themes.get(theme.name, {})
        for section, told in ((own, f"{file}, {theme.name}: "), (of_theme, f"{where}{theme.name}: ")):
            unknown = [key for key in section if key not in theme.parameters]
            problems += [f"{told}{key} is not a parameter of it.{nearest(key, theme.parameters)}" for key in unknown]
        values = {parameter.name: parameter.default for parameter in theme.parameters.values()}
        if about.get("authority") and "local_authority" in values:
            values["local_authority"] = str(about["authority"])
        layers = [
            (common, f"{file}, all: "), (period_of(about), "about.yml: "), (own, f"{file}, {theme.name}: "),
            (of_set, where), (of_theme, f"{where}{theme.name}: "), (dict(command_line), "-p: "),
        ]  # fmt: skip
        if about.get("authority"):  # whose records these are outweighs what every set has in common
            layers[0] = ({key: value for key, value in common.items() if key != "local_authority"}, layers[0][1])
        given = {key for layer, _ in layers for key in layer}
        ungiven[theme.name] = [one for one in theme.parameters.values() if one.name not in given]
        for layer, told in layers:
            for key, given in layer.items():
                if key in theme.parameters:
                    try:
                        values[key] = value_of(theme.parameters[key], given)
                    except ValueError as reason:
                        problems.append(f"{told}{reason}")
        start, end = values.get("period_start"), values.get("period_end")
        if start and end and str(start) > str(end):
            problems.append(f"{where or '-p: '}the period begins on {start}, after it ends on {end}.")
        themes_of_set[theme.name] = values

    authority, made_up = _authority(themes_of_set, about, where, problems)
    for theme, values in themes_of_set.items():
        if "local_authority" in values:
            values["local_authority"] = authority
            default = themes[theme].parameters["local_authority"].default
            for parameter in ungiven[theme] if _present_name(str(default)) != authority else ():
                if parameter.help.endswith(f"({default})"):  # the day of a change at Dorset is not one at Cornwall
                    values[parameter.name] = ""
    return RunSet(name or slug(authority), authority, made_up, data, str(entries.get("description") or ""), themes_of_set)


def _with_records(entries: dict, themes: dict[str, Theme]) -> dict:
    """A set's entries where a user's own records come to it: the page on records is then among its themes."""
    if not entries.get("themes") or ON_RECORDS not in themes:
        return entries
    listed = [entries["themes"]] if isinstance(entries["themes"], str) else entries["themes"]
    return {**entries, "themes": list(dict.fromkeys([*listed, ON_RECORDS]))}


def _without_others_themes(run_set: RunSet, themes: dict[str, Theme]) -> RunSet:
    """The set without themes that are another authority's own (marked so beside `local_authority`): those run when named."""
    own = {}
    for theme, values in run_set.themes.items():
        whose = themes[theme].parameters.get("local_authority")
        if whose is None or not whose.help.endswith(f"({whose.default})") or whose.default == run_set.local_authority:
            own[theme] = values
    return replace(run_set, themes=own)


def _official(given: Path | None, root: Path) -> Path | None:
    """The folder of official statistics that was given, else data/official; None where there is none."""
    folder = Path(given).expanduser().resolve() if given else root / OFFICIAL
    return folder if folder.is_dir() else None


def period_of(about: dict) -> dict:
    """The period that about.yml says the records cover, as parameters; empty where it says none that can be read."""
    period = about.get("period")
    if not isinstance(period, list) or len(period) != 2 or not all(is_iso_date(str(day)) for day in period):
        return {}
    return {"period_start": str(period[0]), "period_end": str(period[1])}


def _data(given, root: Path, where: str, problems: list[str]) -> Path | None:
    """The folder or file of extracts; a problem where nothing is there, or where another folder's about.yml counts."""
    if not given:
        return None
    data = (root / str(given)).resolve()  # an absolute path stays as it is
    if not data.exists():
        problems.append(f"{where}there is nothing at {given}.")
        return None
    folder = data if data.is_dir() else data.parent
    below = sorted(file.parent for file in data.rglob(ABOUT) if file.parent != folder) if data.is_dir() else []
    above = next((parent for parent in folder.parents if (parent / ABOUT).is_file()), None)
    if below:
        named = ", ".join(inside.relative_to(folder).as_posix() for inside in below)
        problems.append(f"{where}{folder.name} holds extracts that have an {ABOUT} of their own: give one of {named}.")
    elif above and not (folder / ABOUT).is_file():
        problems.append(f"{where}{folder.name} is part of the extracts that {above.name}/{ABOUT} describes: give {above.name}.")
    return data


def about_file(data: Path) -> Path:
    """Where about.yml stands if it came: in the folder of extracts, or beside a single file."""
    return (data if data.is_dir() else data.parent) / ABOUT


def about_of(data: Path | None) -> dict:
    """What about.yml beside the extracts says of them, as far as choosing sets needs it; empty without one."""
    file = data and about_file(data)
    if file is None or not file.is_file():
        return {}
    import yaml

    try:
        about = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError):
        return {}
    return about if isinstance(about, dict) else {}


def _authority(themes_of_set: dict[str, dict], about: dict, where: str, problems: list[str]) -> tuple[str, bool]:
    """The set's authority under its present name, and whether it is made up."""
    asked = {str(values["local_authority"]).strip() for values in themes_of_set.values() if "local_authority" in values}
    if len(asked) > 1:
        problems.append(f"{where}a set is about one authority, not {' and '.join(sorted(asked))}.")
    theirs, made_up = str(about.get("authority") or ""), about.get("made_up") is True
    name = sorted(asked)[0] if asked else theirs or DEFAULT_AUTHORITY
    try:
        known = real_name(name)
    except LookupError as reason:
        if made_up and name == theirs:
            return name, True
        problems.append(f"{where}{reason}")
        return name, False
    if made_up and name == theirs:
        problems.append(f"{where}about.yml gives made-up records the name of a real authority, {known}.")
    elif theirs and name != theirs and _present_name(theirs) != known:
        problems.append(f"{where}the extracts are those of {theirs}, as their about.yml says, and not of {known}.")
    return known, False


def _present_name(text: str) -> str:
    try:
        return real_name(text)
    except LookupError:
        return text


def real_name(text: str) -> str:
    """The present name of the authority that `text` names (name, old code or new code); LookupError with the nearest names."""
    with AUTHORITIES.open(encoding="utf-8-sig", newline="") as file:
        if any(row["name"] == text and not row["successor"] for row in csv.DictReader(file)):
            return text  # what nearly every run asks, without the second that the next import takes
    from helpers.extracts import published

    try:
        return published.authority(text).name
    except published.UnknownAuthority as reason:
        raise LookupError(str(reason)) from None


def _refuse_looser(sets: list[RunSet], approved_by: str, problems: list[str]) -> None:
    if approved_by:
        return
    for values in (values for run_set in sets for values in run_set.themes.values()):
        from helpers.disclosure.policy import STANDARD

        for name in POLICY_PARAMETERS:
            if isinstance(values.get(name), int) and values[name] < STANDARD[name]:
                looser = f"{name} {values[name]} is looser than {STANDARD[name]}"
                problems.append(f"{looser}: it needs --approved-by and the name of the person who approved it.")


def _refuse_unused(command_line, sets: list[RunSet], themes: dict[str, Theme], problems: list[str]) -> None:
    """A parameter given with -p has to be one of at least one theme that runs."""
    running = {theme for run_set in sets for theme in run_set.themes}
    used = sorted({name for theme in running for name in themes[theme].parameters})
    for name, _ in command_line:
        if running and name not in used:
            owners = [theme.name for theme in themes.values() if name in theme.parameters]
            hint = f" It belongs to {', '.join(owners)}, which is not among the chosen themes." if owners else nearest(name, used)
            problems.append(f"-p: {name} is not a parameter of {', '.join(sorted(running))}.{hint}")
    twice = {name for name, _ in command_line if [n for n, _ in command_line].count(name) > 1}
    problems += [f"-p: {name} is given more than once." for name in sorted(twice)]


def slug(name: str) -> str:
    """ "Bournemouth, Christchurch and Poole" -> "bournemouth_christchurch_and_poole"."""
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_") or "set"
