"""Load on PostgreSQL itself: the server's own SQL text, run by pgbench."""

import re
import subprocess
import tempfile
import urllib.parse

from harness import ROOT
from harness.postgres import bin_folder

PARAMETER = re.compile(r"\$(\d+)")


def statement(path, *parameters):
    """The text of one of the server's .sql files with its parameters replaced, each as pgbench or SQL has it."""
    def sql(file):
        return "\n".join(line.split("--")[0] for line in file.read_text().splitlines())

    fragments = ROOT / "Sources/Journal/Queries/Fragments"
    text = re.sub(
        r"\{(\w+)\}", lambda match: sql(fragments / f"{match[1]}.sql"), sql(ROOT / "Sources" / path))
    return PARAMETER.sub(lambda match: parameters[int(match[1]) - 1], text).strip().rstrip(";") + ";"


def pgbench(database, script, clients, seconds, variables={}):
    """Transactions a second. Any transaction that failed is an error."""
    location = urllib.parse.urlsplit(database.url)
    host = urllib.parse.parse_qs(location.query)["host"][0]
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script + "\n")
        file.flush()
        run = subprocess.run(
            [bin_folder() / "pgbench", "--no-vacuum", "--protocol=prepared", f"--client={clients}", "--jobs=2",
             f"--time={seconds}", f"--file={file.name}", f"--host={host}", f"--username={location.username}",
             *[f"--define={name}={value}" for name, value in variables.items()], database.name],
            capture_output=True, text=True)
    if run.returncode != 0:
        raise AssertionError(f"pgbench failed:\n{run.stdout}{run.stderr}")
    failed = int(re.search(r"number of failed transactions: (\d+)", run.stdout)[1])
    if failed:
        raise AssertionError(f"{failed} transactions failed:\n{run.stdout}")
    return float(re.search(r"tps = ([\d.]+) \(without initial connection time\)", run.stdout)[1])
