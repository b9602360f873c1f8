"""Load on PostgreSQL itself: the server's own statements, run by pgbench."""

import dataclasses
import re
import subprocess
import tempfile
import urllib.parse

from harness.postgres import bin_folder


@dataclasses.dataclass
class Result:
    """What one run did: runs of its script, and how many a second."""

    transactions: int
    rate: float


def pgbench(database, script, clients, seconds, variables={}):
    """Runs a script again and again. Any transaction that failed is an error."""
    location = urllib.parse.urlsplit(database.url)
    host = urllib.parse.parse_qs(location.query)["host"][0]
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script + "\n")
        file.flush()
        run = subprocess.run(
            [bin_folder() / "pgbench", "--no-vacuum", "--protocol=prepared", f"--client={clients}",
             f"--jobs={min(clients, 2)}", f"--time={seconds}", f"--file={file.name}", f"--host={host}",
             f"--username={location.username}",
             *[f"--define={name}={value}" for name, value in variables.items()], database.name],
            capture_output=True, text=True)
    if run.returncode != 0:
        raise AssertionError(f"pgbench failed:\n{run.stdout}{run.stderr}")
    failed = int(re.search(r"number of failed transactions: (\d+)", run.stdout)[1])
    if failed:
        raise AssertionError(f"{failed} transactions failed:\n{run.stdout}")
    return Result(
        int(re.search(r"actually processed: (\d+)", run.stdout)[1]),
        float(re.search(r"tps = ([\d.]+) \(without initial connection time\)", run.stdout)[1]))
