"""Contexts expire; deleted ones are purged after the retention, by one server at a time."""

import time

import grpc
import pytest
from cairn.v1 import context_pb2, relationship_pb2
from google.protobuf import timestamp_pb2

from harness.project import new_project
from harness.refusals import refused
from harness.server import Server
from harness.waiting import eventually

NOT_FOUND = grpc.StatusCode.NOT_FOUND
CHANGE = context_pb2.ContextChange
DAY = 24 * 3600
SWEEPING = ("--context-sweep-interval", "100ms")


@pytest.fixture(scope="module")
def unswept(module_database):
    """A server that swept when it started and will not again while the tests run."""
    running = Server("--database-url", module_database.url, "--context-sweep-interval", "1h").start()
    yield running
    assert running.stop() == 0, running.text


@pytest.fixture
def contexts(unswept):
    with unswept.channel() as channel:
        yield new_project(channel)


@pytest.fixture
def swept(start_server, database):
    """Contexts on a server that sweeps all the time."""
    server = start_server("--database-url", database.url, *SWEEPING)
    with server.channel() as channel:
        yield new_project(channel)


@pytest.fixture
def quick(start_server, database):
    """The same, and what is deleted is purged a second later."""
    server = start_server("--database-url", database.url, *SWEEPING, "--context-retention", "1s")
    with server.channel() as channel:
        yield new_project(channel)


def at(seconds):
    return timestamp_pb2.Timestamp(seconds=int(seconds))


def relationship(source, to, **fields):
    # `from` is a keyword of Python's.
    return relationship_pb2.Relationship(source=source, target=to, kind=1, **fields)


def later(seconds=3600):
    return at(time.time() + seconds)


PAST = at(1_000_000_000)


# Expiry.


def test_x11_an_expiry_round_trips_and_can_be_moved_and_cleared(contexts):
    time = timestamp_pb2.Timestamp(seconds=4_000_000_000, nanos=123_456_789)
    created = contexts.create(id="x", expire_time=time)
    assert created.expire_time == timestamp_pb2.Timestamp(seconds=4_000_000_000, nanos=123_456_000)
    assert contexts.GetContext(id="x") == created and contexts.list() == [created]
    assert contexts.BatchGetContexts(ids=["x"]).results[0].context == created
    assert contexts.update("x", title="new").expire_time == created.expire_time
    assert contexts.update("x", expire_time=later(DAY)).expire_time == later(DAY)
    cleared = contexts.update("x", ["expire_time"])
    assert not cleared.HasField("expire_time") and contexts.GetContext(id="x") == cleared
    contexts.update("x", expire_time=later())
    assert not contexts.update("x", ["*"], title="t").HasField("expire_time")
    batch = contexts.BatchCreateContexts(requests=[
        {"context": {"id": "b", "title": "t", "expire_time": created.expire_time}}, {"context": {"title": "t"}}])
    assert batch.results[0].context.expire_time == created.expire_time
    assert contexts.GetContext(id="b").expire_time == created.expire_time
    assert not batch.results[1].context.HasField("expire_time")


@pytest.mark.parametrize("wrong", [{"seconds": 10**15}, {"nanos": -1}])
def test_x11_a_wrong_expiry_is_refused(contexts, wrong):
    contexts.create(id="x")
    for call in (lambda: contexts.create(expire_time=wrong), lambda: contexts.update("x", expire_time=wrong)):
        refusal = refused(call, code=grpc.StatusCode.INVALID_ARGUMENT, reason="FIELD_INVALID")
        assert list(refusal.fields) == ["context.expire_time"]


def test_x11_what_has_expired_counts_as_deleted_at_once(contexts):
    kept = contexts.create(id="kept", expire_time=later())
    expired = contexts.create(id="x", expire_time=PAST, tags=["t"])
    refused(contexts.GetContext, id="x", code=NOT_FOUND, reason="CONTEXT_DELETED")
    assert contexts.BatchGetContexts(ids=["x"]).results[0].error.code == NOT_FOUND.value[0]
    assert contexts.list() == [kept] and contexts.list(filter={"tags": ["t"]}) == []
    for change in (
            lambda **only: contexts.UpdateContext(context={"id": "x", "title": "new"}, **only),
            lambda **only: contexts.DeleteContext(id="x", **only)):
        refused(change, code=NOT_FOUND, reason="CONTEXT_DELETED")
        refused(change, validate_only=True, code=NOT_FOUND, reason="CONTEXT_DELETED")
    refused(contexts.create, id="x", code=grpc.StatusCode.ALREADY_EXISTS, reason="CONTEXT_EXISTS")
    assert [hit.context.id for hit in contexts.Search(query="title").hits] == ["kept"]
    assert contexts.GetContext(id="x", show_deleted=True) == expired
    assert contexts.list(show_deleted=True, order_by="id") == [kept, expired]


def test_x11_undelete_brings_an_expired_context_back_for_good(contexts):
    contexts.create(id="x", expire_time=PAST)
    back = contexts.UndeleteContext(id="x")
    assert back.version == 2 and not back.HasField("expire_time")
    assert contexts.GetContext(id="x") == back
    contexts.update("x", expire_time=later())
    contexts.DeleteContext(id="x")
    assert contexts.UndeleteContext(id="x").HasField("expire_time"), "an expiry that is still to come stays"


def test_x11_as_of_a_moment_before_its_expiry_it_is_there(contexts):
    first = contexts.create(id="x")
    second = contexts.update("x", expire_time=PAST)
    refused(contexts.GetContext, id="x", as_of={"position": second.position}, code=NOT_FOUND, reason="CONTEXT_DELETED")
    assert contexts.GetContext(id="x", as_of={"position": first.position}) == first
    assert contexts.list(as_of={"time": first.update_time}) == [first]
    assert contexts.list(as_of={"time": second.update_time}) == []


def test_x11_a_restored_version_does_not_expire_again(contexts):
    contexts.create(id="x", expire_time=PAST)
    contexts.UndeleteContext(id="x")
    assert not contexts.RestoreContextVersion(id="x", version=1).HasField("expire_time")


def test_x11_the_sweep_deletes_what_has_expired_and_says_so(swept):
    ids = [swept.create(id=f"c{n:03}", expire_time=PAST).id for n in range(250)]
    swept.create(id="other", expire_time=later())
    watcher = swept.watch(after_position=0, view=context_pb2.CONTEXT_VIEW_BASIC)
    eventually(lambda: expirations(watcher) >= set(ids), "all have been deleted")
    changes = [change for change in watcher.changes if change.kind == CHANGE.KIND_EXPIRED]
    assert len(changes) == len(ids)
    for change in changes:
        assert change.context.version == 2 and change.old_version == 1
        assert change.context.delete_time == change.context.update_time == change.provenance.time
        assert (change.provenance.principal, change.provenance.operation) == ("cairn", "cairn/ExpireContexts")
    assert swept.ids() == ["other"]
    watcher.close()


def test_x11_the_sweep_serves_every_project(start_server, database):
    server = start_server("--database-url", database.url, *SWEEPING, "--context-retention", "1s")
    with server.channel() as channel:
        projects = [new_project(channel) for _ in range(5)]
        for contexts in projects:
            contexts.create(id="expires", expire_time=PAST)
            contexts.create(id="goes")
            contexts.DeleteContext(id="goes")
        for contexts in projects:
            watcher = contexts.watch(after_position=0)
            eventually(
                lambda: {(change.context.id, change.kind) for change in watcher.changes} >= {
                    ("expires", CHANGE.KIND_EXPIRED), ("goes", CHANGE.KIND_PURGED)}, "each is swept and purged")
            watcher.close()


def expirations(watcher):
    return {change.context.id for change in watcher.changes if change.kind == CHANGE.KIND_EXPIRED}


def test_x11_it_expires_by_itself_when_its_time_comes(swept):
    swept.create(id="x", expire_time=later(2))
    watcher = swept.watch(after_position=0)
    eventually(lambda: expirations(watcher) == {"x"}, "it has expired", timeout=60)
    refused(swept.GetContext, id="x", code=NOT_FOUND)
    watcher.close()


# Purging.


def test_x11_a_deleted_context_says_when_it_will_be_purged(contexts):
    contexts.create(id="x")
    deleted = contexts.DeleteContext(id="x")
    assert deleted.purge_time.ToNanoseconds() - deleted.delete_time.ToNanoseconds() == 30 * DAY * 10**9
    assert contexts.GetContext(id="x", show_deleted=True) == deleted
    assert not contexts.UndeleteContext(id="x").HasField("purge_time")
    contexts.create(id="y")
    assert contexts.BatchDeleteContexts(requests=[{"id": "y"}]).results[0].context.HasField("purge_time")
    refusal = refused(
        contexts.UpdateContext, context={"id": "x"}, update_mask={"paths": ["purge_time"]},
        code=grpc.StatusCode.INVALID_ARGUMENT, reason="FIELD_MASK_INVALID")
    assert list(refusal.fields) == ["update_mask"]


def test_x11_after_the_retention_nobody_finds_it_even_before_the_sweep(start_server, database):
    server = start_server(
        "--database-url", database.url, "--context-retention", "0", "--context-sweep-interval", "1h")
    with server.channel() as channel:
        contexts = new_project(channel)
        contexts.create(id="x")
        contexts.DeleteContext(id="x")
        for show_deleted in (False, True):
            refused(contexts.GetContext, id="x", show_deleted=show_deleted, code=NOT_FOUND, reason="CONTEXT_NOT_FOUND")
            assert contexts.list(show_deleted=show_deleted) == []
            results = contexts.BatchGetContexts(ids=["x"], show_deleted=show_deleted).results
            assert results[0].error.code == NOT_FOUND.value[0]
        for call, fields in (
                (contexts.UndeleteContext, {}), (contexts.UndeleteContext, {"validate_only": True}),
                (contexts.DeleteContext, {}), (contexts.ListContextVersions, {}), (contexts.GetContextVersion, {}),
                (contexts.RestoreContextVersion, {"version": 1})):
            refused(call, id="x", **fields, code=NOT_FOUND, reason="CONTEXT_NOT_FOUND")


def test_x11_a_purge_takes_the_past_with_it_and_leaves_a_record(quick, database):
    first = quick.create(id="x", content="secret " * 1000)
    quick.create(id="kept")
    quick.update("x", title="two", content="another secret")
    for source, to in (("x", "kept"), ("kept", "x")):
        quick.RelateContexts(relationships=[relationship(source, to)], atomic=True)
        quick.RelateContexts(relationships=[relationship(source, to, weight=2)], atomic=True)
    watcher = quick.watch(after_position=0)
    deleted = quick.DeleteContext(id="x")
    eventually(lambda: watcher.changes and watcher.changes[-1].kind == CHANGE.KIND_PURGED, "it is purged", timeout=60)
    purged = watcher.changes[-1]
    assert (purged.context.id, purged.old_version, purged.context.version) == ("x", deleted.version, deleted.version)
    assert purged.context.title == "" and purged.provenance.operation == "cairn/PurgeContexts"
    watcher.close()
    refused(quick.GetContext, id="x", show_deleted=True, code=NOT_FOUND, reason="CONTEXT_NOT_FOUND")
    for moment in ({"position": first.position}, {"time": first.update_time}):
        refused(quick.GetContext, id="x", as_of=moment, code=NOT_FOUND, reason="CONTEXT_NOT_FOUND")
        assert quick.list(as_of=moment, show_deleted=True) == []
    for table in ("context", "context_version", "context_payload", "context_text"):
        assert database.value(f"SELECT count(*) FROM {table} WHERE context_id = 'x'") == "0", table
    for table in ("relationship", "relationship_version"):
        assert database.value(f"SELECT count(*) FROM {table} WHERE 'x' IN (from_id, to_id)") == "0", table
    # Who adds up the journal comes to what is there: every relationship that was created was purged.
    changes = database.query(
        "SELECT id, action, old_version, new_version, operation FROM change WHERE kind = 'relationship'"
        " AND action <> 'updated' ORDER BY position, ordinal")
    assert [change[:3] for change in changes] == [
        ["x\tRELATES_TO\t\tkept", "created", ""], ["kept\tRELATES_TO\t\tx", "created", ""],
        ["kept\tRELATES_TO\t\tx", "purged", "2"], ["x\tRELATES_TO\t\tkept", "purged", "2"]]
    assert changes[-1][3:] == ["", "cairn/PurgeContexts"]
    for moment in (None, {"position": deleted.position - 1}):
        assert quick.ListRelationships(context="kept", show_ended=True, as_of=moment).relationships == []
    again = quick.watch(after_position=0).caught_up()
    kinds = [change.kind for change in again.changes if change.context.id == "x"]
    assert kinds == [CHANGE.KIND_CREATED, CHANGE.KIND_UPDATED, CHANGE.KIND_DELETED, CHANGE.KIND_PURGED]
    assert {change.context.title for change in again.changes if change.context.id == "x"} == {""}
    again.close()
    assert quick.create(id="x").version == 1, "the id is free again"
    assert [version.context.version for version in quick.ListContextVersions(id="x").versions] == [1]


def test_x11_a_purge_does_not_read_the_relationships_of_others(quick, database):
    """Forty thousand of them, and a few of its own to either side."""
    for id in ("a", "b", "x"):
        quick.create(id=id)
    quick.RelateContexts(relationships=[relationship("a", "b"), relationship("x", "a"), relationship("b", "x")], atomic=True)
    for table, columns, values in (
        ("relationship", "version, position", "1, n"),
        ("relationship_version", "version, from_position, position", "1, n, n + 1"),
    ):
        database.query(
            f"INSERT INTO {table} (project_id, from_id, kind, name, to_id, valid_from, valid_to, {columns}, create_time,"
            f" update_time, weight) SELECT '{quick.project}', 'a', 6, n::text, 'b', now(), 'infinity', {values}, now(),"
            " now(), 1 FROM generate_series(1, 20000) AS n")
    reads = (
        "SELECT sum(coalesce(idx_tup_fetch, 0) + seq_tup_read) FROM pg_stat_user_tables"
        " WHERE relname LIKE 'relationship%'")
    before = int(database.value(reads))
    scans = "SELECT sum(idx_scan) FROM pg_stat_user_tables WHERE relname LIKE 'relationship%'"
    scanned = int(database.value(scans))
    quick.DeleteContext(id="x")
    eventually(
        lambda: database.value("SELECT count(*) FROM context WHERE context_id = 'x'") == "0", "it is purged", timeout=60)
    # The server's connections report what they read when they have been idle for a moment.
    eventually(lambda: int(database.value(scans)) >= scanned + 4, "the reads are counted")
    assert int(database.value(reads)) - before < 2_000
    assert database.value("SELECT count(*) FROM relationship WHERE 'x' IN (from_id, to_id)") == "0"


def test_x11_an_etag_from_before_a_purge_is_never_good_again(quick, database):
    """The state that it named is gone, whatever has the id now, with the same version and the same text."""
    old = quick.create(id="x", title="same")
    edge = quick.create(id="y")
    assert old.etag == str(old.position) != edge.etag == str(edge.position)
    quick.DeleteContext(id="x", etag=old.etag)
    eventually(
        lambda: database.value("SELECT count(*) FROM context WHERE context_id = 'x'") == "0", "it is purged", timeout=60)
    new = quick.create(id="x", title="same")
    assert new.version == old.version and new.etag != old.etag
    for call in (
        lambda: quick.update("x", title="lost", etag=old.etag), lambda: quick.DeleteContext(id="x", etag=old.etag),
        lambda: quick.RestoreContextVersion(id="x", version=1, etag=old.etag),
    ):
        refused(call, code=grpc.StatusCode.ABORTED, reason="ETAG_MISMATCH")
    assert quick.update("x", title="meant", etag=new.etag).version == 2
    assert [v.context.etag for v in quick.ListContextVersions(id="x").versions] == [
        quick.GetContext(id="x").etag, new.etag]


def test_x11_a_context_with_many_versions_is_purged_in_short_steps(quick, database):
    quick.create(id="x", content="c")
    quick.update("x", title="two")
    columns = ("create_time, update_time, delete_time, type, status, title, media_type, owner, session, tags,"
               " metadata, content, data")
    # As if it had been changed thousands of times, long ago.
    database.query(
        f"INSERT INTO context_version (project_id, context_id, version, from_position, position, {columns})"
        f" SELECT project_id, context_id, n, -n - 1, -n, {columns} FROM context_version, generate_series(1, 4500) AS n"
        " WHERE context_id = 'x'")
    quick.create(id="y")
    quick.BatchDeleteContexts(requests=[{"id": "x"}, {"id": "y"}])
    eventually(lambda: database.value("SELECT count(*) FROM context") == "0", "both are purged", timeout=60)
    assert database.value("SELECT count(*) FROM context_version") == "0"


def test_x11_what_was_brought_back_stays_when_others_are_purged(start_server, database):
    server = start_server("--database-url", database.url, *SWEEPING)
    with server.channel() as channel:
        contexts = new_project(channel)
        contexts.create(id="x")
        contexts.create(id="y")
        contexts.DeleteContext(id="x")
        back = contexts.UndeleteContext(id="x")
        contexts.DeleteContext(id="y")
        # As if the retention were over.
        database.query("UPDATE context SET purge_time = now() WHERE purge_time IS NOT NULL")
        eventually(lambda: database.value("SELECT count(*) FROM context") == "1", "the other one is gone", timeout=60)
        assert contexts.list(show_deleted=True) == [back]


# One server at a time.


def test_x11_one_server_sweeps_and_another_takes_over_when_it_is_killed(start_server, database):
    # The lease is three times as long: a server that is only busy does not lose it.
    options = ("--database-url", database.url, "--context-sweep-interval", "3s", "--log-level", "debug")
    servers = [start_server(*options), start_server(*options)]
    with servers[0].channel() as first, servers[1].channel() as second:
        elsewhere = new_project(second)
        here = elsewhere.elsewhere(first)

        def sweeps(server):
            return server.text.count("have expired")

        def expire(contexts, count):
            ids = {contexts.create(expire_time=PAST).id for _ in range(count)}
            eventually(
                lambda: all(r.context.HasField("delete_time") for r in contexts.BatchGetContexts(
                    ids=sorted(ids), show_deleted=True).results), "all were swept", timeout=60)

        for contexts in (here, elsewhere, here):
            expire(contexts, 2)
        eventually(lambda: any(map(sweeps, servers)), "a sweep in the log of one")
        busy, idle = sorted(servers, key=sweeps, reverse=True)
        assert sweeps(idle) == 0, "one does it all"
        holder = database.value("SELECT holder FROM journal_duty WHERE name = 'contexts.sweep'")
        busy.kill()
        left = here if idle is servers[0] else elsewhere
        expire(left, 3)
        eventually(lambda: sweeps(idle) > 0, "a sweep in the log of the other")
        assert database.value("SELECT holder FROM journal_duty WHERE name = 'contexts.sweep'") != holder
        assert idle.stop() == 0
        assert database.value("SELECT count(*) FROM journal_duty WHERE name = 'contexts.sweep'") == "0", "who stops leaves the duty to others"
