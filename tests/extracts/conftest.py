"""What tests of extracts share."""

import pytest


@pytest.fixture
def given(tmp_path):
    """given(**files) -> the folder with those files in it: log_csv="..." is log.csv, a__log_csv is a/log.csv."""

    def write(**files):
        for name, content in files.items():
            path = tmp_path / name.replace("__", "/").replace("_csv", ".csv").replace("_yml", ".yml")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8", newline="")
        return tmp_path

    return write
