"""Extracts that break their reader: one set's records do not stop another's."""

from argparse import Namespace

from helpers.runs import command, inputs


def test_records_that_break_their_reader_fail_their_own_set_and_say_where_the_log_is(tmp_path, monkeypatch, capsys):
    def broken(*_):
        raise RecursionError("child ZQ0000001")

    monkeypatch.setattr(inputs, "typed", broken)
    args = Namespace(
        themes=["missing_children"], data=None, p=[], params=None, set=None, label="broken", out=tmp_path / "reports", jobs=1,
        force=False, dry_run=False, approved_by=None, official=None, command="run_all.py",
    )  # fmt: skip
    monkeypatch.setattr(command.execution, "run", lambda *_: None)
    monkeypatch.setattr(command.cache, "take", lambda *_: False)
    told = {}
    monkeypatch.setattr(command, "_tasks", lambda asked, extracts, unread, *_: told.update(unread) or [])
    command.run(args)
    said = capsys.readouterr()
    assert told == {"made_up": "RecursionError"}
    assert "could not be read [RecursionError]" in said.out and "ZQ0000001" not in said.out + said.err
