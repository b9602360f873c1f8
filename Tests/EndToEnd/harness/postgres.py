"""Databases for tests: on the cluster that Tests/with-postgres started, or on one that a test may stop."""

import itertools
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import urllib.parse

from .waiting import eventually

_names = itertools.count(1)


def bin_folder():
    return pathlib.Path(os.environ["CAIRN_TEST_POSTGRES_BIN"])


def as_postgres():
    """The prefix that runs a command as Debian's user for PostgreSQL, which refuses to run as root."""
    if os.getuid() != 0:
        return ["setpriv"]
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"]


class Database:
    """One database by its URL, spoken to through psql."""

    def __init__(self, url):
        self.url = url
        self.name = urllib.parse.urlsplit(url).path.lstrip("/")

    def query(self, sql):
        """The rows of a query, each a list of strings."""
        result = subprocess.run(
            ["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-F", "\x1f", "-R", "\x1e", "-d", self.url, "-c", sql],
            capture_output=True, text=True)
        if result.returncode != 0:
            raise RuntimeError(f"psql: {result.stderr.strip()}")
        text = result.stdout.removesuffix("\n").removesuffix("\x1e")
        return [row.split("\x1f") for row in text.split("\x1e")] if text else []

    def value(self, sql):
        """The only value of a query, as a string."""
        return self.query(sql)[0][0]

    def sibling(self, name):
        parts = urllib.parse.urlsplit(self.url)
        return Database(urllib.parse.urlunsplit(parts._replace(path="/" + name)))

    def create(self, template=None):
        """A fresh database next to this one, a copy of `template` where that is given."""
        fresh = self.sibling(f"test_{os.getpid()}_{next(_names)}")
        copy = f' TEMPLATE "{template.name}"' if template else ""
        self.query(f'CREATE DATABASE "{fresh.name}"{copy}')
        return fresh


def blocked(database):
    """The statements of calls that wait for a lock: those of the sweep of contexts, which come when they like, left out."""
    return database.query(
        "SELECT query FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        " AND query !~ 'context_text_settle|context_analyze|NOT is_whole|RECURSIVE candidate'")


class Session:
    """A connection that stays open, to hold locks and transactions."""

    def __init__(self, database):
        self.process = subprocess.Popen(
            ["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", database.url],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def execute(self, sql):
        """Runs `sql` to its end."""
        self.process.stdin.write(f"{sql};\n\\echo \x04\n")
        self.process.stdin.flush()
        for line in self.process.stdout:
            if line == "\x04\n":
                return
        raise RuntimeError(f"psql ended during {sql!r}")

    def close(self):
        self.process.stdin.close()
        self.process.wait(10)
        self.process.stdout.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def shared_cluster():
    url = os.environ.get("CAIRN_TEST_DATABASE_URL")
    if not url:
        raise RuntimeError("CAIRN_TEST_DATABASE_URL is not set: run the tests with Tests/run or Tests/with-postgres")
    return Database(url)


def make_cluster_data():
    """A fresh cluster's data, for clusters to copy: initdb takes seconds on a busy machine."""
    home = make_home()
    subprocess.run(
        [*as_postgres(), bin_folder() / "initdb", f"--pgdata={home}/data", "--username=cairn_test", "--auth=trust",
         "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions"],
        check=True, capture_output=True, cwd=home)
    return home / "data"


def make_home():
    """A folder for a cluster, directly under /tmp: the path of a unix socket may be 107 bytes long at most."""
    home = pathlib.Path(tempfile.mkdtemp(prefix="cairn-pg.", dir="/tmp"))
    if os.getuid() == 0:
        shutil.chown(home, "postgres", "postgres")
    return home


class Cluster:
    """A PostgreSQL cluster of one test's own, which the test may stop, kill and start again."""

    def __init__(self, data, **settings):
        self.home = make_home()
        self.settings = {
            "listen_addresses": "", "unix_socket_directories": self.home, "unix_socket_permissions": "0777",
            "fsync": "off", "timezone": "UTC", **settings}
        self.process = None
        subprocess.run(["cp", "--archive", data, self.home], check=True)

    def start(self):
        arguments = [part for name, value in self.settings.items() for part in ("-c", f"{name}={value}")]
        with open(self.home / "log", "ab") as log:
            self.process = subprocess.Popen(
                [*as_postgres(), "--pdeathsig=QUIT", bin_folder() / "postgres", "-D", self.home / "data", *arguments],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        ready = [bin_folder() / "pg_isready", "-q", "-h", self.home, "-U", "cairn_test", "-d", "postgres"]
        eventually(lambda: subprocess.run(ready).returncode == 0, "PostgreSQL accepts connections")
        return self.database

    @property
    def database(self):
        return Database(f"postgresql://cairn_test@/postgres?host={self.home}")

    def stop(self, how=signal.SIGINT):
        """Stops the cluster: SIGINT ends sessions first, SIGQUIT leaves at once as in a crash."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(30)
        self.process = None

    def close(self):
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self.home, ignore_errors=True)


def stop_left_behind(path):
    """Stops a PostgreSQL that a killed server left behind in `path`."""
    for pid_file in path.rglob("postmaster.pid"):
        pid = int(pid_file.read_text().split()[0])
        try:
            os.kill(pid, signal.SIGQUIT)
        except ProcessLookupError:
            continue
        eventually(lambda: not runs(pid), "PostgreSQL is gone")


def runs(pid):
    """Whether a process exists and is more than the remains that nobody has collected."""
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
