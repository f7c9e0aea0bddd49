"""What `python run_all.py` understands; standard library only, so that it answers before an environment exists."""

import argparse
import os
import shutil
import sys
from pathlib import Path

from helpers.command import environment, themes
from helpers.command.environment import Refused

ROOT = Path(__file__).parents[3]
# A command's words, and what --help says of it; a theme may not have one of these names.
COMMANDS = {
    "check": "--data PATH: read and validate extracts, run nothing",
    "compare": "A B: what changed between two labels",
    "fetch": "official statistics from the public API, into data/official/",
    "new": "THEME: a new notebook, from notebooks/_template.ipynb",
    "clean": "remove work in progress (.work/)",
    "lab": "JupyterLab, in notebooks/",
    "test": "[ARGS]: the tests; ARGS go to pytest",
}
OUT = {"type": Path, "default": ROOT / "reports", "metavar": "FOLDER", "help": "where labels stand (default: reports)"}


def main(arguments):
    """Does what the command line asks; returns the exit status: 0 done, 1 something failed, 2 refused before anything ran."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a name that a Windows console or log cannot write must not end the run
    try:
        if arguments and arguments[0] in COMMANDS:
            return globals()[arguments[0]](arguments[1:])
        return evaluate(arguments)
    except Refused as refusal:
        print(refusal, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130


def evaluate(arguments):
    """Runs themes, or lists them."""
    parser = evaluation_parser()
    args = parser.parse_intermixed_args(arguments)
    for word in args.themes:
        if word in COMMANDS:
            parser.error(f"{word!r} is a command, and comes first: python run_all.py {word}")
    for word in COMMANDS:
        if (ROOT / "notebooks" / f"{word}.ipynb").exists():
            raise Refused(f"notebooks/{word}.ipynb has the name of a command: give the theme another name.")
    if args.list:
        print(themes.listing(ROOT / "notebooks", args.params))
        return 0
    status = inside_environment(arguments)
    if status is not None:
        return status
    from helpers import runs

    return runs.main(args)


def evaluation_parser():
    commands = "\n".join(f"  {name:<9} {does}" for name, does in COMMANDS.items())
    parser = argparse.ArgumentParser(
        prog="run_all.py",
        usage="python run_all.py [THEME ...] [options]\n       python run_all.py COMMAND ...",
        description="Turns published figures and an authority's own extracts into evaluation pages: reports/latest/index.html.",
        epilog="commands:\n" + commands + "\n\nexit status: 0 all done; 1 something failed; 2 refused before anything ran",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("themes", nargs="*", metavar="THEME", help="themes to run (all of them where none is named)")
    add("--data", type=Path, metavar="PATH", help="the authority's own extracts: a folder, a zip or a file")
    add("--official", type=Path, metavar="DIR",
        help="official statistics of every authority (default: data/official, else what ships)")  # fmt: skip
    add("-p", nargs=2, action="append", default=[], metavar=("NAME", "VALUE"),
        help="a parameter for one set from the command line; may be repeated")  # fmt: skip
    add("--params", type=Path, metavar="FILE", help="parameter sets from this file (default: notebooks/parameters.yml)")
    add("--set", action="append", default=[], metavar="NAME", help="run this set; may be repeated")
    add("--label", default="latest", help="folder of the pages, inside reports (default: %(default)s)")
    add("--out", **OUT)
    add("--jobs", type=int, metavar="N", help="themes at a time (default: one for each processor)")
    add("--force", action="store_true", help="run again even where nothing has changed")
    add("--dry-run", action="store_true", help="say what would run, and run nothing")
    add("--list", action="store_true", help="list the themes and the parameter sets")
    add("--approved-by", metavar="NAME", help="who approved a disclosure policy looser than the standard; stands in run.json")
    return parser


def inside_environment(arguments, *, development=False):
    """None where this Python has the packages; otherwise runs this command again in one that has, and returns its exit status."""
    # Packages are compiled when first imported, and a run has many processes: each would compile them all again.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    python = environment.find_or_make(ROOT, development=development)
    if python != Path(sys.executable):
        return environment.hand_over([str(python), str(ROOT / "run_all.py"), *arguments])
    # Kernels and tests start from here, and must see `helpers` where no .pth file shows it to them.
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT / "src"), os.environ.get("PYTHONPATH")]))
    return None


def check(arguments):
    parser = argparse.ArgumentParser(prog="run_all.py check", description="Reads and validates extracts; runs nothing.")
    where = "a folder, or an .xlsx, for what was found (default: reports)"
    parser.add_argument("--data", type=Path, metavar="PATH", required=True, help="extracts: a folder, a zip or a file")
    parser.add_argument("--out", type=Path, metavar="PATH", help=where)
    args = parser.parse_args(arguments)
    status = inside_environment(["check", *arguments])
    if status is not None:
        return status
    from helpers import runs

    return runs.check(args.data, args.out)


def compare(arguments):
    parser = argparse.ArgumentParser(prog="run_all.py compare", description="What changed between two labels.")
    parser.add_argument("a", metavar="A", help="the earlier label")
    parser.add_argument("b", metavar="B", help="the later label")
    parser.add_argument("--out", **OUT)
    args = parser.parse_args(arguments)
    status = inside_environment(["compare", *arguments])
    if status is not None:
        return status
    from helpers import runs

    return runs.compare(args.a, args.b, args.out)


def fetch(arguments):
    parser = argparse.ArgumentParser(
        prog="run_all.py fetch",
        description="Fetches the official statistics of every authority from the Explore education statistics API: "
        "what is there already at its latest version is not fetched again.",
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("--measures", nargs="+", metavar="NAME", help="only the data sets of these headline measures")
    add("--authority", nargs="+", metavar="NAME", help="only rows of these, their statistical neighbours, regions and England")
    add(
        "--official",
        type=Path,
        default=ROOT / "data" / "official",
        metavar="DIR",
        help="into this folder (default: data/official)",
    )
    args = parser.parse_args(arguments)
    status = inside_environment(["fetch", *arguments])
    if status is not None:
        return status
    from helpers.extracts.official import fetch as official

    return official.main(args)


def new(arguments):
    parser = argparse.ArgumentParser(prog="run_all.py new", description="Makes a notebook for a new theme from the template.")
    parser.add_argument("theme", metavar="THEME", help="its name: small letters, digits and underscores")
    made = themes.new(ROOT / "notebooks", parser.parse_args(arguments).theme, reserved=COMMANDS)
    print(f"Made {made.relative_to(ROOT).as_posix()}: open it with `python run_all.py lab`.")
    return 0


def clean(arguments):
    argparse.ArgumentParser(prog="run_all.py clean", description="Removes work in progress (.work/).").parse_args(arguments)
    work = ROOT / ".work"
    if not work.is_dir():
        print("There is no work in progress: nothing to remove.")
        return 0
    sizes = [path.stat().st_size for path in work.rglob("*") if path.is_file()]
    try:
        shutil.rmtree(work)
    except OSError as error:
        raise Refused(f"{work} could not be removed whole ({error.strerror}): close what uses it, and try again.") from error
    print(f"Removed {work}: {len(sizes)} files, {sum(sizes) / 1e6:.1f} MB. Pages in reports/ stay.")
    return 0


def lab(arguments):
    status = inside_environment(["lab", *arguments])
    if status is not None:
        return status
    return environment.hand_over([sys.executable, "-m", "jupyterlab", *arguments], working_folder=ROOT / "notebooks")


def test(arguments):
    status = inside_environment(["test", *arguments], development=True)
    if status is not None:
        return status
    return environment.hand_over([sys.executable, "-m", "pytest", *arguments], working_folder=ROOT)
