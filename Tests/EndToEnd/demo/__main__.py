"""`make demo`: run with a folder that is thrown away, and a report on standard output."""

import argparse
import pathlib
import shutil
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from harness import stubs  # noqa: E402

stubs.build()

from demo import story  # noqa: E402

parser = argparse.ArgumentParser(prog="make demo", description=story.__doc__)
parser.add_argument("--files", type=int, default=3000, help="how many files at most (default: 3000)")
parser.add_argument("--clients", type=int, default=8, help="how many clients store at once (default: 8)")
arguments = parser.parse_args()

home = pathlib.Path(tempfile.mkdtemp(prefix="cairn-demo.", dir="/tmp"))
home.chmod(0o755)
try:
    story.tell(home, arguments.files, arguments.clients)
finally:
    shutil.rmtree(home, ignore_errors=True)
