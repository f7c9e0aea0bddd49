"""Official statistics for every English authority, from the files of Explore education statistics and the Interactive Tool.

Files stand in one folder (`data/official`), as downloaded; `manifest.json` beside them, where `fetch` wrote one, says which
data set and version each is: {file: {data_set_id, title, version, published, downloaded_at, sha256}}.

official.read(folder) -> Statistics              every file known by its columns, in one tidy shape
official.write_typed(statistics, folder)         Parquet and a JSON, readable by their owner alone
official.load_typed(folder) -> Statistics
official.of() -> Statistics                      what the run has typed; in JupyterLab, data/official
"""

from helpers.extracts.official.folder import Statistics, load_typed, of, read, write_typed

__all__ = ["Statistics", "load_typed", "of", "read", "write_typed"]
