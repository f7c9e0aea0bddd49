"""One command's run: what is asked for, extracts read once, notebooks executed side by side, pages published, a record kept.

themes -> request -> inputs -> execution (kernels) -> gathering -> publishing -> record; `compare` sets two records side by side.
"""


def main(args) -> int:
    """Runs what the command line asks for; 0 everything succeeded, 1 something failed, 2 refused before anything ran."""
    from helpers.runs.command import run

    return run(args)


def check(data, out=None) -> int:
    """Reads the extracts at `data`, prints what was found and writes it for their owner; 0, 1 for a fatal fault, 2 refused."""
    from helpers.runs.checking import ROOT, check_extracts

    return check_extracts(data, out, ROOT)


def compare(a: str, b: str, out: str | None = None) -> int:
    """Prints what changed between the labels `a` and `b` of the reports folder `out`; 0, or 2 where a label does not exist."""
    from helpers.runs.comparison import compare_labels

    return compare_labels(a, b, out)
