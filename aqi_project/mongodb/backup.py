"""The whole database in one file, and back.

The file is a zip: for each collection its documents as MongoDB's own tools write them (`NAME.bson`, one BSON document
after the other, byte for byte), then `manifest.json` with indexes, counts and what wrote it. All collections are read
at one moment of the database's history, so that they fit each other.
"""

from __future__ import annotations

import json
import lzma
import os
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from bson import decode_file_iter, json_util
from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument
from pymongo.client_session import ClientSession
from pymongo.database import Database
from pymongo.errors import BulkWriteError, CollectionInvalid

Document = dict[str, Any]
Manifest = dict[str, Any]

FORMAT = 1  # raised when an older program could not read the file
MANIFEST = "manifest.json"
PARTS = {"format", "collections", "made_at", "migrations"}  # of the manifest
SUFFIX = ".bson"
RAW = CodecOptions(document_class=RawBSONDocument)
# Of a zip: it may also claim to be packed or encrypted in ways in which no backup is.
DAMAGE = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, KeyError, ValueError, RuntimeError)
BATCH_BYTES = 8 * 1024 * 1024  # written at once
FAST = 3  # of zlib's 1 to 9: half the time of the usual 6 for a tenth more bytes


class BackupError(Exception):
    """A file cannot be restored. The message says why and what to do."""


def write(database: Database[Document], path: Path, made: Mapping[str, Any]) -> Manifest:
    """Write all collections to `path`, which appears only when it is complete. `made` goes into the manifest."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.touch(mode=0o600)  # it holds password hashes and people's addresses
    try:
        with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED, compresslevel=FAST) as archive:
            manifest = {"format": FORMAT, **made, "collections": _write_all(database, archive)}
            archive.writestr(MANIFEST, json_util.dumps(manifest, indent=1))
        _flush(draft)
        draft.replace(path)
        _flush(path.parent)
    finally:
        draft.unlink(missing_ok=True)
    return manifest


def _flush(path: Path) -> None:
    """A file or a folder, to the disk: a power cut takes nothing that was called done."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write_all(database: Database[Document], archive: zipfile.ZipFile) -> dict[str, Document]:
    names = sorted(
        database.list_collection_names(filter={"type": "collection", "name": {"$not": {"$regex": "^system"}}})
    )
    with database.client.start_session(snapshot=True) as session:
        return {name: _write_one(database, name, archive, session) for name in names}


def _write_one(database: Database[Document], name: str, archive: zipfile.ZipFile, session: ClientSession) -> Document:
    count = 0
    collection = database.get_collection(name, codec_options=RAW)
    with archive.open(name + SUFFIX, "w", force_zip64=True) as file:
        for document in collection.find(session=session):
            file.write(document.raw)
            count += 1
    return {"count": count, "indexes": list(database[name].list_indexes())}


def read_manifest(path: Path) -> Manifest:
    """What a file says of itself, after every byte of it was found as it was written. Raises BackupError."""
    try:
        with zipfile.ZipFile(path) as archive:
            broken = archive.testzip()
            manifest: Manifest = json.loads(archive.read(MANIFEST), object_hook=json_util.object_hook)
            if missing := PARTS - set(manifest):
                raise KeyError(*missing)  # another program's
            if lost := {name + SUFFIX for name in manifest["collections"]} - set(archive.namelist()):
                raise KeyError(*lost)
    except OSError as error:
        raise BackupError(f"{path} cannot be read: {error.strerror or error}.") from error
    except DAMAGE as error:
        raise BackupError(f"{path} is no complete backup ({error}). Nothing was changed; take another file.") from error
    if broken:
        raise BackupError(f"{broken} in {path} is damaged. Nothing was changed; take another file.")
    if manifest["format"] > FORMAT:
        raise BackupError(f"{path} was written by a newer version of this program. Restore it with that one.")
    return manifest


def restore(database: Database[Document], path: Path, manifest: Manifest) -> None:
    """Put everything into a database that is empty: documents as they were, then the indexes."""
    with zipfile.ZipFile(path) as archive:
        for name, about in manifest["collections"].items():
            with archive.open(name + SUFFIX) as file:
                try:
                    _restore_one(database, name, about, file)
                except (CollectionInvalid, BulkWriteError) as error:
                    raise _disturbed(f"{name} cannot be put back ({str(error)[:200]})") from error


def _restore_one(database: Database[Document], name: str, about: Document, file: IO[bytes]) -> None:
    database.create_collection(name)
    collection = database.get_collection(name, codec_options=RAW)
    for batch in _batches(file):
        collection.insert_many(batch)
    indexes = [index for index in about["indexes"] if index["name"] != "_id_"]
    if indexes:
        database.command("createIndexes", name, indexes=indexes)
    if (found := collection.estimated_document_count()) != about["count"]:
        raise _disturbed(f"{name} has {found} documents instead of {about['count']}")


def _disturbed(what: str) -> BackupError:
    return BackupError(f"{what}: somebody else wrote. Stop all, repeat with --replace.")


def _batches(file: IO[bytes]) -> Iterator[list[RawBSONDocument]]:
    batch: list[RawBSONDocument] = []
    size = 0
    for document in decode_file_iter(file, RAW):
        batch.append(document)
        size += len(document.raw)
        if size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def name_at(moment: datetime) -> str:
    """Of a file that is put into a folder; they sort by time."""
    return f"aqi-{moment:%Y%m%dT%H%M%SZ}.zip"
