"""The kept database: made by COPY when it is not there yet."""

import contextlib
import dataclasses
import datetime
import os
import pathlib
import shutil
import subprocess
import sys
import time

from harness import ROOT
from harness.postgres import Cluster, Database, as_postgres, make_cluster_data
from harness.server import cairn

from . import corpus

PROJECT = "default"
COLUMNS = (
    "project_id, context_id, version, position, create_time, update_time, type, status, title, media_type, owner,"
    " session, tags, content, data")
NEWEST = datetime.datetime(2026, 11, 1, tzinfo=datetime.timezone.utc)
SPAN = datetime.timedelta(days=730)
SETTINGS = {
    "fsync": "on", "shared_buffers": "1GB", "max_wal_size": "8GB", "checkpoint_timeout": "15min", "jit": "off",
    "random_page_cost": "1.1", "max_connections": "200",
    # So that the text of the server's own statements can be read from pg_stat_activity.
    "track_activity_query_size": "32kB"}


@dataclasses.dataclass
class Data:
    """The kept database, and its cluster."""

    cluster: Database
    database: Database
    contexts: int


def folder():
    """Where data are kept: a folder that git ignores, if the user that runs PostgreSQL can enter it."""
    inside = ROOT / ".cache" / "large"
    inside.mkdir(parents=True, exist_ok=True)
    can_enter = subprocess.run([*as_postgres(), "test", "-x", inside], capture_output=True).returncode == 0
    return inside if can_enter else pathlib.Path("/var/tmp/cairn-bench-large")


class KeptCluster(Cluster):
    """A cluster whose data stay when it stops."""

    def __init__(self, data, home):
        if not (home / "data").exists():
            home.mkdir(parents=True, exist_ok=True)
            subprocess.run(["mv", data(), home / "data"], check=True)
            if os.getuid() == 0:
                shutil.chown(home, "postgres", "postgres")
        self.home = home
        self.settings = {
            "listen_addresses": "", "unix_socket_directories": home, "unix_socket_permissions": "0777",
            "timezone": "UTC", **SETTINGS}
        self.process = None


@contextlib.contextmanager
def kept(contexts):
    """The database with this many contexts; its cluster stops at the end and its data stay."""
    cluster = KeptCluster(make_cluster_data, folder())
    try:
        admin = cluster.start()
        name = f"contexts_{contexts}"
        database = admin.sibling(name)
        if not admin.query(f"SELECT 1 FROM pg_database WHERE datname = '{name}'"):
            making = admin.sibling(f"{name}_making")
            admin.query(f'DROP DATABASE IF EXISTS "{making.name}"')
            admin.query(f'CREATE DATABASE "{making.name}"')
            load(making, contexts)
            admin.query(f'ALTER DATABASE "{making.name}" RENAME TO "{name}"')
        migrated(database)
        yield Data(admin, database, contexts)
    finally:
        cluster.stop()


def migrated(database):
    applied = cairn("migrate", "up", "--database-url", database.url, timeout=3600)
    if applied.returncode != 0:
        sys.exit(f"the kept database does not fit this version ({applied.stderr.strip()}): remove {folder()}")


@contextlib.contextmanager
def copied(data):
    """A copy that may be written to, and goes at the end."""
    copy = data.cluster.sibling(f"copy_{os.getpid()}")
    data.cluster.query(f'CREATE DATABASE "{copy.name}" TEMPLATE "{data.database.name}"')
    try:
        yield copy
    finally:
        data.cluster.query(f'DROP DATABASE "{copy.name}" WITH (FORCE)')


@contextlib.contextmanager
def step(what):
    print(f"large: {what} …", flush=True)
    start = time.monotonic()
    yield
    print(f"large: {what}: {time.monotonic() - start:.0f} s", flush=True)


def load(database, contexts):
    """Fills a fresh database: rows by COPY, then their words, then the index of words."""
    migrated(database)
    with step(f"copying {contexts:,} contexts"):
        database.query("ALTER TABLE context DISABLE TRIGGER USER")
        copy = subprocess.Popen(
            ["psql", "-Xq", "-v", "ON_ERROR_STOP=1", "-d", database.url, "-c", f"COPY context ({COLUMNS}) FROM STDIN"],
            stdin=subprocess.PIPE)
        for context in corpus.contexts(contexts):
            copy.stdin.write(line(context))
        copy.stdin.close()
        if copy.wait() != 0:
            raise RuntimeError("COPY failed")
        database.query("ALTER TABLE context ENABLE TRIGGER USER")
    index = database.value("SELECT pg_get_indexdef('context_text_by_word'::regclass)")
    with step("making words"):
        database.query("DROP INDEX context_text_by_word")
        cores = os.cpu_count() or 1
        parts = [subprocess.Popen(
            ["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", database.url, "-c",
             "SET client_min_messages = warning; SET synchronous_commit = off;"
             " SELECT context_text_make(context) FROM context"
             f" WHERE number BETWEEN {contexts * n // cores + 1} AND {contexts * (n + 1) // cores}"],
            stdout=subprocess.DEVNULL) for n in range(cores)]
        if any([part.wait() for part in parts]):
            raise RuntimeError("making words failed")
    with step("indexing words"):
        database.query("SET maintenance_work_mem = '1GB'; " + index)
    with step("vacuuming"):
        database.query("VACUUM ANALYZE")
        database.query("CHECKPOINT")


def line(context):
    """A context as a line of COPY."""
    time = (NEWEST - SPAN * context["age"]).isoformat()
    fields = [
        PROJECT, context["id"], 1, 1, time, time, context["type"], context["status"], context["title"], "text/plain",
        context["owner"], context["session"], "{" + ",".join(context["tags"]) + "}", context["content"], ""]
    escape = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
    return ("\t".join(str(field).translate(escape) for field in fields) + "\n").encode()
