"""Official statistics for every English authority, from the files of Explore education statistics and the Interactive Tool.

Files stand in one folder (`data/official`), as downloaded; `manifest.json` beside them, where `fetch` wrote one, says which
data set and version each is: {file: {data_set_id, title, version, published, downloaded_at, sha256}}.
"""
