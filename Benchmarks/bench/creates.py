"""create_context_8, _32, _512, _named: CreateContext, and how many rows there are afterwards."""

import re

from cairn.v1 import context_pb2

from . import stored
from .call_load import UNIQUE, call_load
from .pairs import GROUP, SECONDS, SHAPES, compare, compare_with_best, metered, traced
from .pgbench import pgbench
from .processor import Meter
from .trace import script

# Before the first create; tables grow by some hundred thousand meanwhile.
STORED = 20_000
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")


class Writes:
    """A traced write as scripts for pgbench."""

    def __init__(self, statements, *unique):
        """The id that the server made, and the values of `unique`, are other ones in every write: the number `:id`."""
        stored_by = next(sent for sent in statements if "INSERT INTO context " in sent.sql)
        own_id = next(value for value in stored_by.values.values() if UUID.match(value or ""))
        text, self.variables = script(statements, {own_id: "id", **{value: "id" for value in unique}})
        parts = [part.strip() + ";" for part in text.rstrip(";").split(";")]
        self.before = [part for part in parts if part.startswith("BEGIN") or "pg_advisory_xact_lock_shared" in part]
        self.after = [part for part in parts if part == "COMMIT;"]
        self.each = [part for part in parts if part not in self.before + self.after]

    def script(self, first, times):
        """So many writes with one commit in one round trip, with numbers from `first` on."""
        lines = [rf"\set id {first} + :client_id * 100000000 + :n * {times}", r"\set n :n + 1", r"\startpipeline"]
        lines += self.before
        for number in range(times):
            lines += [rf"\set id :id + {min(number, 1)}", *self.each]
        return "\n".join([*lines, *self.after, r"\endpipeline"])


def plain():
    def create(stub, title):
        stub.CreateContext(context_pb2.CreateContextRequest(context=stored.context(0, title=title)))

    return Writes(traced(create, "created"))


def named():
    def create(stub, request_id):
        stub.CreateContext(context_pb2.CreateContextRequest(context=stored.context(0), request_id=request_id))

    return Writes(traced(create, "named"), "named2")


class Sides:
    """Creates through the server and by pgbench, in one database. Both must have stored what they say."""

    def __init__(self, server, database):
        self.server, self.database, self.meter = server, database, Meter(database, server)
        self._turn = 0

    def ours(self, in_flight, **fields):
        connections, calls = SHAPES[in_flight]
        kind = stored.create_kind(**fields)

        def run():
            before = stored.rows(self.database)
            done = call_load(self.server.address, kind, connections=connections, calls=calls, seconds=SECONDS)
            self._check(before, done.calls)
            return done.rate

        return metered(self.meter, run)

    def clients(self, number, writes, times=1):
        def run():
            # Numbers of this run: no other one has them.
            self._turn += 1
            text = writes.script(self._turn * 100_000_000_000, times)
            before = stored.rows(self.database)
            done = pgbench(self.database, text, number, SECONDS, {"n": 0, **writes.variables})
            self._check(before, done.transactions * times)
            return done.rate * times

        return metered(self.meter, run)

    def _check(self, before, acknowledged):
        added = stored.rows(self.database) - before
        assert added == acknowledged, f"{acknowledged} acknowledged, {added} stored"


def run():
    alone, with_request_id = plain(), named()
    with stored.serving(STORED) as (server, database, _):
        sides = Sides(server, database)
        for in_flight, goal in ((8, 1), (32, 1.2)):
            compare(f"create_context_{in_flight}", sides.ours(in_flight), sides.clients(in_flight, alone), goal)
        compare_with_best("create_context_512", sides.ours(512), {
            "32 clients": sides.clients(32, alone), "64 clients": sides.clients(64, alone),
            f"32 clients with {GROUP} a commit": sides.clients(32, alone, times=GROUP)}, goal=1.3)
        compare(
            "create_context_named", sides.ours(32, request_id=UNIQUE), sides.clients(32, with_request_id), goal=0.9)
