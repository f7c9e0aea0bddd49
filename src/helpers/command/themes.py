"""What themes and sets of parameters there are, said without an environment; how a new theme begins."""

import re

from helpers.command.environment import Refused
from helpers.runs.themes import find

TEMPLATE_TITLE = "A new theme"
WINDOWS_DEVICES = re.compile(r"con|prn|aux|nul|com[0-9]|lpt[0-9]")


def listing(notebooks, parameters=None):
    """Themes with their titles, then the sets of `parameters` (a path; parameters.yml where None), as lines of text."""
    themes = find(notebooks)
    width = max(map(len, themes), default=0)
    parameters = parameters or notebooks / "parameters.yml"
    lines = ["Themes"]
    lines += [f"  {name:<{width}}  {theme.fault or theme.title}".rstrip() for name, theme in themes.items()] or ["  (none)"]
    lines += ["", f"Sets in {parameters.name}"]
    lines += [f"  {name}" for name in set_names(parameters)] or ["  (none)"]
    return "\n".join(lines)


def set_names(parameters):
    """Names under `sets:` in a parameters file; YAML is not in the standard library, and names are all that is wanted."""
    try:
        lines = parameters.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise Refused(f"{parameters} cannot be read: {error.strerror}.") from error
    names, indent, inside = [], None, False
    for line in lines:
        key = re.match(r"""( *)["']?([^\s"':#][^"':#]*?)["']?\s*:(\s|$)""", line)
        if not key:
            continue
        if not key[1]:
            inside, indent = key[2] == "sets", None
        elif inside and indent in (None, key[1]):
            indent = key[1]
            names.append(key[2])
    return names


def new(notebooks, theme, *, reserved):
    """Makes the notebook of a new theme from the template; returns its path, or raises Refused for a name that cannot be."""
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,59}", theme) or WINDOWS_DEVICES.fullmatch(theme):
        raise Refused(f"{theme!r} cannot be a theme's name: small letters, digits and underscores, a letter first, at most 60.")
    if theme in reserved:
        raise Refused(f"{theme!r} is a command of run_all.py: give the theme another name.")
    path = notebooks / f"{theme}.ipynb"
    template = (notebooks / "_template.ipynb").read_text(encoding="utf-8")
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(template.replace(TEMPLATE_TITLE, theme.replace("_", " ").capitalize()))
    except FileExistsError as error:
        raise Refused(f"notebooks/{path.name} is there already: open it with `python run_all.py lab`.") from error
    return path
