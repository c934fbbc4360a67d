"""A backup holds everything, and a restore gives back the same bytes, the same indexes and a running program."""

import os
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument
from django.core.management import CommandError, call_command
from django.db import connection

from aqi_project.mongo import collection
from aqi_project.mongodb import backup, mongod
from detection.versions import artifacts
from ingestion.models import Reading, Station
from tests import factories as make
from tests.project.manage import manage

RAW = CodecOptions(document_class=RawBSONDocument)
pytestmark = pytest.mark.django_db(transaction=True)


class Bytes:
    """Stands for a fitted detector."""

    def save(self) -> bytes:
        return bytes(range(256)) * 4096


@pytest.fixture
def lahore(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The shipped recording, a model version, and a large artifact in GridFS."""
    monkeypatch.setattr(artifacts, "LARGEST_DOCUMENT", 1000)
    call_command("load_sample", verbosity=0)
    make.make_band("lahore/pm10", make.this_hour())
    artifacts.save("lahore/pm10", 1, {"one_step": Bytes()})


@pytest.fixture
def elsewhere() -> Iterator[Any]:
    """Another database of the same server."""
    connection.ensure_connection()
    client, name = connection.connection, f"aqi_restored_{os.getpid()}"
    yield client[name]
    client.drop_database(name)


@pytest.fixture
def small(transactional_db: None, tmp_path: Path) -> Path:
    """A backup of one station."""
    make.make_station()
    call_command("backup", tmp_path / "air.zip")
    return tmp_path / "air.zip"


def contents(database: Any) -> dict[str, dict[Any, bytes]]:
    """The bytes of each document, by collection and key."""
    names = database.list_collection_names()
    raw = {name: database.get_collection(name, codec_options=RAW).find() for name in names}
    return {name: {str(one["_id"]): one.raw for one in found} for name, found in raw.items()}


def indexes(database: Any) -> dict[str, dict[str, Any]]:
    return {name: database[name].index_information() for name in database.list_collection_names()}


def test_what_comes_back_is_the_same_byte_for_byte(lahore, tmp_path, elsewhere):
    file = tmp_path / "air.zip"
    call_command("backup", file)
    done = manage("restore", file, MONGODB_NAME=elsewhere.name)
    assert done.returncode == 0, done.stderr
    assert contents(elsewhere) == contents(connection.database)
    assert indexes(elsewhere) == indexes(connection.database)
    assert elsewhere["ingestion_reading"].count_documents({}) == Reading.objects.count() > 1000
    assert elsewhere[f"{artifacts.BUCKET}.chunks"].count_documents({}) > 1
    assert file.stat().st_mode & 0o077 == 0


def test_what_is_called_done_survives_a_power_cut(transactional_db, tmp_path, monkeypatch):
    """The file's bytes are on the disk before it has its name, and the name before the command ends."""
    file, flushed, flush = tmp_path / "air.zip", [], os.fsync

    def noted(descriptor: int) -> None:
        flushed.append((Path(f"/proc/self/fd/{descriptor}").readlink(), file.exists()))
        flush(descriptor)

    monkeypatch.setattr(os, "fsync", noted)
    call_command("backup", file)
    assert flushed == [(tmp_path / f".air.zip.{os.getpid()}", False), (tmp_path, True)]


def test_a_database_with_something_in_it_is_left_alone(small, elsewhere):
    with pytest.raises(CommandError, match="is not empty"):
        call_command("restore", small)
    assert Station.objects.filter(slug="lahore").exists()
    elsewhere["precious"].insert_one({"_id": 1})
    done = manage("restore", small, "--replace", MONGODB_NAME=elsewhere.name)
    assert done.returncode == 0, done.stderr
    assert "precious" not in elsewhere.list_collection_names()
    assert elsewhere["ingestion_station"].count_documents({"slug": "lahore"}) == 1


def test_who_writes_during_a_restore_is_told_plainly(small, monkeypatch):
    """A worker that goes on makes its collections again while they are being restored."""
    restore = backup.restore

    def disturbed(database: Any, *rest: Any) -> None:
        database["ingestion_station"].insert_one({"slug": "late"})
        restore(database, *rest)

    monkeypatch.setattr(backup, "restore", disturbed)
    try:
        with pytest.raises(
            CommandError, match=r"ingestion_station .*somebody else wrote\. Stop all, repeat with --replace"
        ):
            call_command("restore", small, "--replace")
    finally:
        monkeypatch.undo()
        call_command("restore", small, "--replace")


@pytest.mark.processes
def test_the_embedded_database_of_a_stopped_installation_is_started_for_it(small, tmp_path):
    """`make run` ends it with web and worker, which have to be stopped."""
    own = {"MONGODB_URI": "", "VAR_DIR": str(tmp_path / "var"), "EMBEDDED_MONGODB_PORT": str(mongod.free_port())}
    for words in (["restore", small], ["backup", tmp_path / "again.zip"]):
        done = manage(*words, **own)
        assert done.returncode == 0, done.stderr
    assert backup.read_manifest(tmp_path / "again.zip")["collections"]["ingestion_station"]["count"] == 1


def assert_refused(file: Path, because: str | None = None) -> None:
    """And nothing has changed."""
    with pytest.raises(CommandError, match=because):
        call_command("restore", file, "--replace")
    assert Station.objects.filter(slug="lahore").exists()


def test_a_damaged_file_changes_nothing(small):
    with zipfile.ZipFile(small) as archive:
        place = archive.getinfo("ingestion_station.bson").header_offset + 100
    whole = bytearray(small.read_bytes())
    whole[place] ^= 1
    small.write_bytes(whole)
    assert_refused(small, "Nothing was changed")


def test_half_a_file_changes_nothing(small):
    small.write_bytes(small.read_bytes()[:-1000])
    assert_refused(small, "is no complete backup")


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, 1, 9, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA, 99])
def test_a_file_whose_packing_is_misnamed_changes_nothing(small, method):
    whole = bytearray(small.read_bytes())
    listed = whole.rindex(b"ingestion_station.bson") - 46  # how long an entry is before its name
    whole[listed + 10] = method
    small.write_bytes(whole)
    assert_refused(small)


def test_a_file_without_one_of_its_collections_changes_nothing(small):
    with zipfile.ZipFile(small) as archive:
        manifest = archive.read("manifest.json")
    with zipfile.ZipFile(small, "w") as archive:
        archive.writestr("manifest.json", manifest)
    assert_refused(small, "is no complete backup")


@pytest.mark.parametrize("manifest", ['{"name": "Air", "start_url": "/"}', "[1]", '{"format": 1}'])
def test_a_zip_of_another_program_changes_nothing(small, manifest):
    """Web applications and browsers' extensions have a manifest.json, too."""
    with zipfile.ZipFile(small, "w") as archive:
        archive.writestr("manifest.json", manifest)
    assert_refused(small, "is no complete backup")


def test_a_file_that_is_not_there_is_told_plainly(transactional_db, tmp_path):
    with pytest.raises(CommandError, match=r"none\.zip cannot be read: No such file or directory\.$"):
        call_command("restore", tmp_path / "none.zip")


def test_a_backup_of_a_newer_program_is_refused(transactional_db, tmp_path):
    path = tmp_path / "newer.zip"
    backup.write(connection.database, path, {"made_at": make.this_hour(), "migrations": ["ingestion.9999_more"]})
    with pytest.raises(CommandError, match=r"does not know ingestion\.9999_more"):
        call_command("restore", path, "--replace")


def test_what_is_written_meanwhile_is_left_out_of_all_collections(small, tmp_path, monkeypatch):
    """All are read at the moment at which the first one was."""
    written = backup._write_one

    def write_and_disturb(database: Any, name: str, *rest: Any) -> Any:
        about = written(database, name, *rest)
        if name == min(database.list_collection_names()):
            Station.objects.create(slug="late")
        return about

    monkeypatch.setattr(backup, "_write_one", write_and_disturb)
    call_command("backup", tmp_path / "air.zip")
    with zipfile.ZipFile(tmp_path / "air.zip") as archive:
        assert b"late" not in archive.read("ingestion_station.bson")
    assert collection(Station).count_documents({"slug": "late"}) == 1


def test_a_database_that_nobody_set_up_is_no_backup(transactional_db, tmp_path, elsewhere):
    """As where the installation's settings were left out: the file would be found empty when it is needed."""
    done = manage("backup", tmp_path, MONGODB_NAME=elsewhere.name)
    assert done.returncode == 1
    assert f"The database {elsewhere.name} holds nothing" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_folder_gets_a_file_named_by_the_time(transactional_db, tmp_path):
    call_command("backup", tmp_path)
    [made] = tmp_path.iterdir()
    assert made.name.startswith("aqi-20")


def test_a_folder_that_is_not_there_never_becomes_a_file(transactional_db, tmp_path):
    with pytest.raises(CommandError, match="make it first, with mkdir -p"):
        call_command("backup", f"{tmp_path}/backups/")
    assert list(tmp_path.iterdir()) == []


def test_a_pipe_is_not_replaced_by_a_backup(tmp_path):
    """Nor is a device: as root a file would take the place of /dev/full itself."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(CommandError, match="neither a file nor a folder"):
        call_command("backup", str(tmp_path / "pipe"))
    assert (tmp_path / "pipe").is_fifo()


def test_a_folder_that_is_not_there_is_named(transactional_db, tmp_path):
    with pytest.raises(CommandError, match="nowhere"):
        call_command("backup", tmp_path / "nowhere" / "air.zip")
