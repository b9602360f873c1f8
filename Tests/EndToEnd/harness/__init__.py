"""What the foreign-client tests stand on: a server process, a PostgreSQL, and stubs made by stock tools."""

import os
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[3]
CACHE = ROOT / ".cache"

# How many times as long as usual what must happen is waited for: programs with a sanitizer are that much slower.
SLOWNESS = float(os.environ.get("CAIRN_TEST_SLOWNESS", "1"))
# The sanitizer that the programs were built with, see Tests/run-sanitized. It keeps a shadow of what they have in
# memory, and keeps for a while what they give back: how much that is says nothing of the programs.
SANITIZER = os.environ.get("CAIRN_TEST_SANITIZER")


def binary(name):
    """The built executable `name`, or an executable anywhere by its path.

    CAIRN_BUILD names another folder than the debug build's.
    """
    if isinstance(name, pathlib.Path):
        return name
    folder = pathlib.Path(os.environ.get("CAIRN_BUILD", ROOT / ".build" / "debug"))
    path = folder.resolve() / name
    if not path.exists():
        raise FileNotFoundError(f"{path} is missing: build it with `swift build`")
    return path
