"""The statements that the server really sends, from PostgreSQL's own log: what pgbench is to send, too."""

import contextlib
import dataclasses
import pathlib
import re
import urllib.parse

from harness.postgres import shared_cluster
from harness.server import Server
from harness.waiting import eventually

# A line that begins an entry, the process that wrote it, what it is, and its text.
ENTRY = re.compile(r"^\S+ \S+ \S+ \[(\d+)\] (\w+):  (.*)$")
EXECUTED = re.compile(r"^execute [^:]*: (.*)", re.DOTALL)
VALUE = re.compile(r"\$(\d+) = (?:(NULL)|'((?:[^']|'')*)')")
PARAMETER = re.compile(r"\$(\d+)")


@dataclasses.dataclass
class Sent:
    """One statement with its values; None is NULL."""

    sql: str
    values: dict


def home(database):
    """The folder of a database's cluster, where its socket is."""
    return pathlib.Path(urllib.parse.parse_qs(urllib.parse.urlsplit(database.url).query)["host"][0])


def log_file(database):
    return next(file for file in (home(database) / "postgres.log", home(database) / "log") if file.exists())


@contextlib.contextmanager
def traced_server(*options, database=None):
    """A server whose database (a fresh one unless told) logs statements, and a function that tells what a call sends.

    `sent(call, mark)` makes a call and returns, in order, the statements of the session that got the text `mark`.
    """
    database = database or shared_cluster().create()
    database.query(f"ALTER DATABASE \"{database.name}\" SET log_statement = 'all'")
    log = log_file(database)
    server = Server("--database-url", database.url, *options).start()

    def sent(call, mark):
        size = log.stat().st_size
        call()
        return eventually(
            lambda: session_of(mark, entries(log.read_bytes()[size:].decode())), f"a statement with {mark}")

    try:
        yield server, sent
    finally:
        server.stop()
        database.query(f'ALTER DATABASE "{database.name}" RESET log_statement')


def entries(text):
    """(process, kind, text) of each entry of a log. The lines of one entry after its first begin with a tab."""
    found = []
    for line in text.splitlines():
        if match := ENTRY.match(line):
            found.append([match[1], match[2], match[3]])
        elif found:
            found[-1][2] += "\n" + line.removeprefix("\t")
    return found


def session_of(mark, entries):
    """The statements of the session of which one has `mark` among its values."""
    sessions = {}
    for process, kind, text in entries:
        statements = sessions.setdefault(process, [])
        if kind == "LOG" and (executed := EXECUTED.match(text)):
            statements.append(Sent(executed[1], {}))
        elif kind == "DETAIL" and statements:
            statements[-1].values = {
                int(number): None if null else value.replace("''", "'") for number, null, value in VALUE.findall(text)}
    def is_marked(statements):
        return any(mark in (value or "") for sent in statements for value in sent.values.values())

    return next(filter(is_marked, sessions.values()), None)


def script(statements, variables):
    """The statements for pgbench, and its variables: a value of `variables` stands for the variable of that name."""
    names = {}

    def replaced(match, values):
        value = values[int(match[1])]
        if not value:
            # pgbench knows no variables for these.
            return "NULL" if value is None else "''"
        return ":" + (variables.get(value) or names.setdefault(value, f"v{len(names)}"))

    lines = []
    for sent in statements:
        sql = "\n".join(line.split("--")[0].rstrip() for line in sent.sql.splitlines()).strip().rstrip(";")
        lines.append(PARAMETER.sub(lambda match: replaced(match, sent.values), sql) + ";")
    return "\n".join(lines), {name: value for value, name in names.items()}
