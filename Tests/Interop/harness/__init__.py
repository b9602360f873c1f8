"""What the foreign-client tests stand on: a server process, a PostgreSQL, and stubs made by stock tools."""

import os
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[3]
CACHE = ROOT / ".cache"


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
