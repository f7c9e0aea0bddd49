"""The made-up authority written as files, in the layouts that real extracts come in, with TRUTH.md beside them."""

from pathlib import Path

from helpers.synthetic.authority import Authority
from helpers.synthetic.files import annex_a, cin_census, faults, local_logs, safeguarding, ssda903
from helpers.synthetic.files.about import about
from helpers.synthetic.files.sheets import pack, save
from helpers.synthetic.files.truth import truth


def write(folder: Path | str, authority: Authority, *, with_faults: bool = False) -> None:
    """Write every extract of `authority` under `folder`: Annex A, SSDA903 and census by year, tables, logs, pupil files.

    `with_faults` plants one fault of each kind that readers must name, and FAULTS.csv lists them.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    planted: list[faults.Planted] = []
    (folder / "about.yml").write_text(about(), encoding="utf-8", newline="\n")
    for part in (annex_a, local_logs, safeguarding, ssda903):
        sheets = part.sheets(authority)
        save(folder, faults.plant(sheets, authority.stream("faults"), planted) if with_faults else sheets)
    for path, name, pieces in cin_census.documents(authority):
        pack(folder / path, name, pieces)
    if with_faults:
        faults.spoil_files(folder, planted)
        (folder / faults.LIST).write_text(faults.listed(planted), encoding="utf-8", newline="\n")
    (folder / "TRUTH.md").write_text(truth(authority), encoding="utf-8", newline="\n")
