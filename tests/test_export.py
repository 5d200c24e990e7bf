"""make export: only who is to be contacted, objections of this moment, contact data in exports/ and nowhere else."""

from __future__ import annotations

import contextlib
import json
import stat
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from exported import (
    AS_OF,
    HEAD,
    KEY,
    configure,
    contacts,
    exported,
    people,
    publish,
    run_export,
    sample,
    shop,
    to_contact,
)
from samples import hostile_ids
from workspace import BOOKENDS, REPOSITORY, source_bytes, write_file

from pipeline import export
from pipeline.errors import ArtifactError, ConfigError, EventError, PublishError
from pipeline.exporting.folder import write_export
from pipeline.protection.forgotten import FORGOTTEN, add_forgotten
from pipeline.protection.keys import fingerprint, pseudonyms, tombstones
from pipeline.protection.protect import KEY_FILE
from pipeline.published import publish_folder, refresh_latest
from pipeline.tables import write_json, write_table

Shop = pytest.MonkeyPatch
Says = pytest.CaptureFixture[str]


def said(capsys: Says) -> str:
    return " ".join(capsys.readouterr().out.split())


def test_who_is_to_be_contacted_and_nobody_else(tmp_path: Path, monkeypatch: Shop) -> None:
    """A file per action, in the order of the list, with name and address beside."""
    table = sample(200)
    ids = shop(tmp_path, table)
    run_export(tmp_path, monkeypatch)
    rows = exported(tmp_path)
    by_action = sorted(rows, key=lambda row: ids.index(row["customer_id"]))
    assert [row["customer_id"] for row in by_action] == ids
    for number, row in enumerate(by_action):
        assert row["file"] == f"contact_{row['action']}.csv"
        assert (row["name"], row["email"], row["owner"]) == (f"Name {number}", f"c{number}@shop.example", "Ola")
    for name in {row["file"] for row in rows}:
        places = [ids.index(row["customer_id"]) for row in rows if row["file"] == name]
        assert places == sorted(places)
    held = table.filter(pc.equal(table.column("group"), "holdout")).column("customer_id").to_pylist()
    assert held
    assert not {row["customer_id"] for row in rows} & set(held)
    assert list(rows[0])[:-1] == [*HEAD, "action", "channel", "act_by", "risk_band", "value_tier", "reason_1"]


def test_objections_of_this_moment_count(tmp_path: Path, monkeypatch: Shop, capsys: Says) -> None:
    """Written into the customers table after the list was made; no stage has run since."""
    ids = shop(tmp_path)
    run_export(tmp_path, monkeypatch)
    assert len(exported(tmp_path)) == len(ids)
    people(tmp_path, {ids[0]: ("yes", ""), ids[1]: ("", "yes"), ids[2]: ("hm?", "yes"), ids[3]: ("no", "no")})
    capsys.readouterr()
    run_export(tmp_path, monkeypatch)
    assert {row["customer_id"] for row in exported(tmp_path)} == set(ids[3:])
    words = said(capsys)
    assert (
        f"to contact on the list {len(ids)} object to profiling by now, dropped 2 want no contact by now, dropped 1"
        in words
    )


def test_where_objections_cannot_be_read_nothing_is_exported(tmp_path: Path, monkeypatch: Shop) -> None:
    shop(tmp_path)
    (tmp_path / "data/raw/people.csv").unlink()
    with pytest.raises(EventError, match=r"people\.csv does not exist"):
        run_export(tmp_path, monkeypatch)
    write_file(tmp_path, "customer_id,objects\nanna,no\n", "people.csv")
    with pytest.raises(ConfigError, match=r"no_contact names the column opted_out, which .*people\.csv does not have"):
        run_export(tmp_path, monkeypatch)
    assert not (tmp_path / "exports").exists()


OLD = {
    "the day after its last": (8, "was valid until 2024-06-10, and today is 2024-06-11: nothing is exported"),
    "before its first": (-1, "today is 2024-06-02, before the day of the list"),
}


@pytest.mark.parametrize(("days", "message"), OLD.values(), ids=OLD.keys())
def test_a_list_of_another_time_is_refused(tmp_path: Path, monkeypatch: Shop, days: int, message: str) -> None:
    shop(tmp_path)
    with pytest.raises(PublishError, match=message):
        run_export(tmp_path, monkeypatch, "--today", str(AS_OF + timedelta(days=days)))
    assert not (tmp_path / "exports").exists()


@pytest.mark.parametrize("days", [0, 7])
def test_its_first_and_its_last_day_are_days_of_it(tmp_path: Path, monkeypatch: Shop, days: int) -> None:
    shop(tmp_path)
    run_export(tmp_path, monkeypatch, "--today", str(AS_OF + timedelta(days=days)))
    assert exported(tmp_path)


def test_today_is_asked_for_where_nobody_says_it(tmp_path: Path, monkeypatch: Shop) -> None:
    """The list of 2024 has run out on every day on which this test runs."""
    shop(tmp_path)
    monkeypatch.setattr("sys.argv", ["export"])
    with contextlib.chdir(tmp_path), pytest.raises(PublishError, match="was valid until 2024-06-10, and today is 20"):
        export.main()
    for wrong in (["--today"], ["2024-06-03"], ["--today", "tomorrow"]):
        with pytest.raises(ConfigError, match="--today"):
            run_export(tmp_path, monkeypatch, *wrong)


def test_a_stale_list_is_refused(tmp_path: Path, monkeypatch: Shop) -> None:
    shop(tmp_path)
    publish(tmp_path, sample(200), stale={"since": "2024-06-10", "failed": []})
    with pytest.raises(PublishError, match="is marked stale, since a newer one did not pass its checks"):
        run_export(tmp_path, monkeypatch)


def test_a_list_that_is_missing_damaged_or_old_is_refused(tmp_path: Path, monkeypatch: Shop) -> None:
    configure(tmp_path)
    with pytest.raises(ArtifactError, match="there is no list in data/lists/latest yet"):
        run_export(tmp_path, monkeypatch)
    publish(tmp_path, sample(50))
    people(tmp_path, {})
    (tmp_path / "data/lists/latest/briefing.json").write_text("{}")
    with pytest.raises(ArtifactError, match=r"briefing\.json is not what .* says"):
        run_export(tmp_path, monkeypatch)


def test_a_list_of_an_earlier_version_is_refused(tmp_path: Path, monkeypatch: Shop) -> None:
    shop(tmp_path)
    with contextlib.chdir(tmp_path):
        old = sample(50).drop_columns(["contact_this_week"])
        publish_folder(AS_OF, lambda aside: (write_table([old], old.schema, aside / "risk_list.parquet"), None)[1], {
            "as_of": str(AS_OF), "valid_until": str(AS_OF)})  # fmt: skip
        refresh_latest()
    with pytest.raises(ArtifactError, match=r"was made by an earlier version and does not say whom to contact"):
        run_export(tmp_path, monkeypatch)


def changed(table: pa.Table, row: int, **values: Any) -> pa.Table:
    """The list with other values in one row."""
    for name, value in values.items():
        column = table.column(name).to_pylist()
        column[row] = value
        table = table.set_column(table.column_names.index(name), name, pa.array(column, pa.string()))
    return table


CONTRADICTIONS = {"held out": {"group": "holdout"}, "no group": {"group": None}, "a reason": {"why_not": "objected"}}


@pytest.mark.parametrize("wrong", CONTRADICTIONS.values(), ids=CONTRADICTIONS.keys())
def test_a_list_that_contradicts_itself_is_refused_whole(tmp_path: Path, monkeypatch: Shop, wrong: Any) -> None:
    table = sample(200)
    row = table.column("contact_this_week").to_pylist().index("yes")
    shop(tmp_path, changed(table, row, **wrong))
    with pytest.raises(PublishError, match="says yes to 1 customers whom it leaves alone or names a reason against"):
        run_export(tmp_path, monkeypatch)
    assert not (tmp_path / "exports").exists()


def test_formulas_in_names_are_harmless_and_ids_and_addresses_as_they_came(tmp_path: Path, monkeypatch: Shop) -> None:
    ids = shop(tmp_path, sample(200, ids=[*hostile_ids(), *(f"c{n}" for n in range(200 - len(hostile_ids())))]))
    evil = '=HYPERLINK("http://example.invalid")'
    given = [(ids[0], evil, "o'neil+x@shop.example", "+48 600 100 200", "@ola"), (ids[1], "-Zoé", evil, "=1+1", "＝1")]
    contacts(tmp_path, given)
    run_export(tmp_path, monkeypatch)
    rows = {row["customer_id"]: row for row in exported(tmp_path)}
    assert set(rows) == set(ids)
    first, second = rows[ids[0]], rows[ids[1]]
    assert [first[name] for name in HEAD[1:]] == [f"'{evil}", "o'neil+x@shop.example", "+48 600 100 200", "'@ola"]
    assert [second[name] for name in HEAD[1:]] == ["'-Zoé", f"'{evil}", "'=1+1", "'＝1"]


def test_without_contacts_the_files_hold_ids_only(tmp_path: Path, monkeypatch: Shop, capsys: Says) -> None:
    ids = shop(tmp_path, export={})
    run_export(tmp_path, monkeypatch)
    rows = exported(tmp_path)
    assert {row["customer_id"] for row in rows} == set(ids)
    assert list(rows[0])[:3] == ["customer_id", "action", "channel"]
    assert "the files hold ids only" in said(capsys)


def test_who_has_no_address_is_in_the_file_and_counted(tmp_path: Path, monkeypatch: Shop, capsys: Says) -> None:
    """Unknown to the contacts, or known without an e-mail; a row without an id is counted, too."""
    ids = shop(tmp_path)
    contacts(tmp_path, [(ids[0], "Anna", "", "", ""), ("stranger", "Eve", "", "", ""), ("", "Nobody", "", "", "")])
    run_export(tmp_path, monkeypatch)
    rows = {row["customer_id"]: row for row in exported(tmp_path)}
    assert set(rows) == set(ids)
    assert (rows[ids[0]]["name"], rows[ids[1]]["name"]) == ("Anna", "")
    words = said(capsys)
    assert f"{len(ids) - 1} of them are not in contacts/all.csv: their contact fields are empty" in words
    by_mail = sum(row["channel"] == "email" for row in rows.values())
    assert f"{by_mail} are to be contacted by email and have none there" in words
    assert "1 lines of contacts/all.csv cannot be read or have no id" in words
    assert "Anna" not in words


FAULTS: dict[str, tuple[Any, type[Exception], str]] = {
    "an id twice": ([("{0}", "A", "", "", ""), ("{0}", "B", "", "", "")], EventError, "1 rows of customers who have"),
    "of somebody else": ([("x", "A", "", "", "")], EventError, r"knows none of the [0-9]+ customers to contact"),
}


@pytest.mark.parametrize(("rows", "kind", "message"), FAULTS.values(), ids=FAULTS.keys())
def test_contacts_that_cannot_be_trusted_are_refused(
    tmp_path: Path, monkeypatch: Shop, rows: Any, kind: type[Exception], message: str
) -> None:
    ids = shop(tmp_path)
    contacts(tmp_path, [[cell.format(ids[0]) for cell in row] for row in rows])
    with pytest.raises(kind, match=message):
        run_export(tmp_path, monkeypatch)
    assert not (tmp_path / "exports").exists()


def test_columns_have_your_names_and_a_wrong_one_is_named(tmp_path: Path, monkeypatch: Shop) -> None:
    ids = shop(tmp_path)
    contacts(tmp_path, [(name, "Anna", "a@shop.example") for name in ids], ("client", "full_name", "mail"))
    columns = {"customer_id": "client", "name": "full_name", "email": "mail"}
    configure(tmp_path, export={"contacts": "contacts/all.csv", "columns": columns})
    run_export(tmp_path, monkeypatch)
    assert {row["email"] for row in exported(tmp_path)} == {"a@shop.example"}
    assert "phone" not in exported(tmp_path)[0]
    configure(tmp_path, export={"contacts": "contacts/all.csv", "columns": {**columns, "name": "fullname"}})
    with pytest.raises(
        ConfigError, match=r"export\.columns\.name names the column fullname, .* did you mean full_name"
    ):
        run_export(tmp_path, monkeypatch)
    configure(tmp_path, export={"contacts": "contacts/all.csv"})
    with pytest.raises(ConfigError, match=r"customer_id is not given, .* say which column holds the id"):
        run_export(tmp_path, monkeypatch)
    configure(tmp_path, export={"contacts": "contacts/all.csv", "columns": {"customer_id": "client"}})
    with pytest.raises(ConfigError, match="has none of the columns name, email, phone, owner; it has client"):
        run_export(tmp_path, monkeypatch)


def test_ids_are_what_ingest_would_call_them(tmp_path: Path, monkeypatch: Shop) -> None:
    """Spaces around them, and numbers that went through a float column."""
    ids = shop(tmp_path, sample(40, ids=[str(13085 + n) for n in range(40)]))
    rows = [(float(name), "Anna", "a@shop.example", 48600100200.0) for name in ids]
    (tmp_path / "contacts/all.parquet").write_bytes(source_bytes("all.parquet", rows, HEAD[:4]))
    configure(tmp_path, export={"contacts": "contacts/all.parquet"})
    run_export(tmp_path, monkeypatch)
    assert {(row["name"], row["phone"]) for row in exported(tmp_path)} == {("Anna", "48600100200")}
    contacts(tmp_path, [(f" {name} ", "Bert", "b@shop.example", "", "") for name in ids])
    configure(tmp_path)
    run_export(tmp_path, monkeypatch)
    assert {row["name"] for row in exported(tmp_path)} == {"Bert"}


def test_only_its_owner_may_read_it(tmp_path: Path, monkeypatch: Shop) -> None:
    shop(tmp_path)
    (tmp_path / "exports").mkdir(mode=0o755)
    run_export(tmp_path, monkeypatch)
    found = [tmp_path / "exports", *(tmp_path / "exports").rglob("*")]
    modes = {stat.S_IMODE(path.stat().st_mode) for path in found if path.is_dir()}
    assert modes == {0o700}
    files = {path.name: stat.S_IMODE(path.stat().st_mode) for path in found if path.is_file()}
    assert set(files.values()) == {0o600}
    assert "manifest.json" in files
    assert not [path for path in found if path.name.startswith(".")]


def test_git_and_dvc_do_not_see_it() -> None:
    assert "/exports" in (REPOSITORY / ".gitignore").read_text().splitlines()
    assert "exports/" in (REPOSITORY / ".dvcignore").read_text().splitlines()


def test_a_second_export_of_the_day_leaves_nothing_of_the_first(tmp_path: Path, monkeypatch: Shop) -> None:
    """Who had the only call and objects since: their file goes."""
    table = sample(200)
    ids = shop(tmp_path, table)
    run_export(tmp_path, monkeypatch)
    calls = [row["customer_id"] for row in exported(tmp_path) if row["file"] == "contact_personal_call.csv"]
    assert calls
    people(tmp_path, dict.fromkeys(calls, ("yes", "")))
    run_export(tmp_path, monkeypatch)
    assert {row["customer_id"] for row in exported(tmp_path)} == set(ids) - set(calls)
    people(tmp_path, dict.fromkeys(ids, ("yes", "")))
    run_export(tmp_path, monkeypatch)
    assert [path.name for path in (tmp_path / "exports" / str(AS_OF)).iterdir()] == ["manifest.json"]


def test_old_exports_go_by_the_day_in_their_manifest(tmp_path: Path, monkeypatch: Shop, capsys: Says) -> None:
    """15 days with 14 kept: gone; 14: stays; without a manifest the name counts; files of yours stay."""
    ids = shop(tmp_path)
    with contextlib.chdir(tmp_path):
        for as_of, ago in (("2024-05-13", 15), ("2024-05-20", 14), ("2024-05-06", 3)):
            write_export(
                as_of,
                {"contact_offer.csv": [["customer_id"], ["anna"]]},
                {"exported_on": str(AS_OF - timedelta(days=ago))},
            )
    for name in ("2024-05-19", "2024-05-21", "mine"):
        (tmp_path / "exports" / name).mkdir()
    (tmp_path / "exports/notes.txt").write_text("mine")
    capsys.readouterr()
    run_export(tmp_path, monkeypatch)
    left = sorted(path.name for path in (tmp_path / "exports").iterdir())
    assert left == ["2024-05-06", "2024-05-20", "2024-05-21", str(AS_OF), "mine", "notes.txt"]
    assert "Deleted, made more than 14 days ago: 2024-05-13, 2024-05-19." in said(capsys)
    assert len(exported(tmp_path)) == len(ids)


def test_old_exports_go_even_where_the_list_is_refused(tmp_path: Path, monkeypatch: Shop) -> None:
    shop(tmp_path)
    run_export(tmp_path, monkeypatch)
    (tmp_path / "exports/.left.part").mkdir()
    with pytest.raises(PublishError, match="was valid until"):
        run_export(tmp_path, monkeypatch, "--today", str(AS_OF + timedelta(days=15)))
    assert list((tmp_path / "exports").iterdir()) == []


def test_nobody_to_contact_is_an_export_without_files(tmp_path: Path, monkeypatch: Shop, capsys: Says) -> None:
    table = sample(50)
    nobody = pa.array(["no"] * 50, pa.string())
    table = table.set_column(table.column_names.index("contact_this_week"), "contact_this_week", nobody)
    shop(tmp_path, table)
    contacts(tmp_path, [("anna", "Anna", "", "", "")])
    run_export(tmp_path, monkeypatch)
    assert exported(tmp_path) == []
    assert "Nobody is to be contacted, so there is no file" in said(capsys)


def pseudonymous(tmp_path: Path) -> list[str]:
    """The shop with a list of pseudonyms; returns the real ids to contact."""
    real = [f"c{n:03}" for n in range(200)]
    marks = pseudonyms(KEY.encode(), real)
    listed = shop(tmp_path, sample(200, ids=marks), privacy__pseudonymise=True)
    ids = [real[marks.index(mark)] for mark in listed]
    contacts(tmp_path, [(name, f"Name {name}", f"{name}@shop.example", "", "") for name in ids])
    with contextlib.chdir(tmp_path):
        write_json({"pseudonyms_by_key": fingerprint(KEY.encode())}, KEY_FILE)
    write_file(tmp_path, source_bytes("events.csv", BOOKENDS))
    return ids


def test_with_pseudonyms_the_key_holder_gets_real_ids(tmp_path: Path, monkeypatch: Shop) -> None:
    ids = pseudonymous(tmp_path)
    people(tmp_path, {ids[0]: ("yes", ""), ids[1]: ("", "yes")})
    monkeypatch.setenv("EBB_PSEUDONYM_KEY", KEY)
    run_export(tmp_path, monkeypatch)
    rows = exported(tmp_path)
    assert {row["customer_id"] for row in rows} == set(ids[2:])
    assert all(row["name"] == f"Name {row['customer_id']}" for row in rows)


def test_with_pseudonyms_nobody_else_gets_anything(tmp_path: Path, monkeypatch: Shop) -> None:
    """Whatever params.yaml says by now: the events of the last run have pseudonyms."""
    pseudonymous(tmp_path)
    monkeypatch.delenv("EBB_PSEUDONYM_KEY", raising=False)
    for switched in (True, False):
        configure(tmp_path, privacy__pseudonymise=switched)
        with pytest.raises(ConfigError, match=r"EBB_PSEUDONYM_KEY is not set in the environment"):
            run_export(tmp_path, monkeypatch)
    monkeypatch.setenv("EBB_PSEUDONYM_KEY", KEY[::-1])
    with pytest.raises(ConfigError, match="the present pseudonyms were made with the key"):
        run_export(tmp_path, monkeypatch)
    assert not (tmp_path / "exports").exists()


def test_a_pseudonym_without_contact_data_is_found_in_the_sources_or_left_out(
    tmp_path: Path, monkeypatch: Shop, capsys: Says
) -> None:
    ids = pseudonymous(tmp_path)
    contacts(tmp_path, [(ids[0], "Anna", "a@shop.example", "", "")])
    rows = [(ids[1], "2024-02-10", "purchase", 5), *BOOKENDS]
    write_file(tmp_path, source_bytes("events.csv", rows))
    people(tmp_path, {ids[2]: ("no", "no")})
    monkeypatch.setenv("EBB_PSEUDONYM_KEY", KEY)
    run_export(tmp_path, monkeypatch)
    found = {row["customer_id"]: row["name"] for row in exported(tmp_path)}
    assert found == {ids[0]: "Anna", ids[1]: "", ids[2]: ""}
    assert f"{len(ids) - 3} customers of the list are in no source any more" in said(capsys)


def test_who_is_forgotten_by_another_clone_is_dropped(tmp_path: Path, monkeypatch: Shop, capsys: Says) -> None:
    """A tombstone that came by git, before `make forget` or a run here."""
    ids = shop(tmp_path)
    add_forgotten(KEY.encode(), tombstones(KEY.encode(), pseudonyms(KEY.encode(), ids[:1])), tmp_path / FORGOTTEN)
    with pytest.raises(ConfigError, match="holds 1 people, but EBB_PSEUDONYM_KEY is not set"):
        run_export(tmp_path, monkeypatch)
    monkeypatch.setenv("EBB_PSEUDONYM_KEY", KEY)
    run_export(tmp_path, monkeypatch)
    assert {row["customer_id"] for row in exported(tmp_path)} == set(ids[1:])
    assert "forgotten by now, dropped 1" in said(capsys)


def test_the_manifest_names_no_customer(tmp_path: Path, monkeypatch: Shop) -> None:
    ids = shop(tmp_path)
    run_export(tmp_path, monkeypatch, "--today", str(AS_OF + timedelta(days=2)))
    manifest = json.loads((tmp_path / "exports" / str(AS_OF) / "manifest.json").read_text())
    assert manifest.pop("files")
    days = {"as_of": "2024-06-03", "valid_until": "2024-06-10", "exported_on": "2024-06-05"}
    assert manifest == {**days, "customers": len(ids)}


def test_nothing_is_written_anywhere_else(tmp_path: Path, monkeypatch: Shop) -> None:
    shop(tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    run_export(tmp_path, monkeypatch)
    after = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert {path: content for path, content in after.items() if "exports" not in path.parts} == before
    assert to_contact(sample(200))
