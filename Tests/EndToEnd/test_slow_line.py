"""A write over a slow line to the database."""

import time

import pytest

from harness import SLOWNESS
from harness.project import new_project
from harness.slow_line import SlowLine


@pytest.mark.parametrize("ids", ["of the server", "of the caller"])
def test_a_write_over_a_slow_line_is_not_taken_for_that_of_a_stopped_server(cluster, start_server, ids):
    """It takes longer to arrive than a stopped server has, and another server watches."""
    line = SlowLine(cluster.home / ".s.PGSQL.5432", 700_000)
    far = start_server("--database-url", f"postgresql://cairn_test@127.0.0.1:{line.port}/postgres?sslmode=disable")
    near = start_server("--database-url", cluster.database.url)
    with far.channel() as first, near.channel() as second:
        contexts = new_project(first)
        watcher = contexts.elsewhere(second).watch().caught_up()
        begun = time.monotonic()
        written = contexts.BatchCreateContexts(timeout=120 * SLOWNESS, requests=[
            {"context": {"id": "" if ids == "of the server" else f"c{n}", "title": "t", "data": b"x" * 95_000}}
            for n in range(40)])
        assert time.monotonic() - begun > 5
        assert all(result.context.id for result in written.results)
        assert len(watcher.wait_for_changes(40)) == 40
        watcher.close()
    line.close()
