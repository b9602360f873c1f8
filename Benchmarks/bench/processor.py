"""Processor time of whole sides of a comparison: where others disturb the machine it is the better witness."""

import os
import pathlib
import resource

from .trace import home

TICK = 1 / os.sysconf("SC_CLK_TCK")


class Meter:
    """Seconds that a database's cluster, a server and the loads that this process has run used."""

    def __init__(self, database, server=None):
        self.postmaster = (home(database) / "data" / "postmaster.pid").read_text().split()[0]
        self.server = server

    def read(self):
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds = used.ru_utime + used.ru_stime
        if self.server:
            seconds += sum(_ticks(self.server.process.pid)[:2]) * TICK
        # Those of its processes that have ended are counted with the postmaster.
        seconds += sum(_ticks(self.postmaster)) * TICK
        return seconds + sum(sum(_ticks(pid)) * TICK for pid in _children(self.postmaster))


def _ticks(pid):
    """Of a process and of its children that have ended, in user and kernel mode."""
    try:
        return list(map(int, pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:15]))
    except OSError:
        return [0]


def _children(pid):
    return pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
