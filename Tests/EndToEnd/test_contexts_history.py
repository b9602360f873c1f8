"""The history of contexts keeps what is large once, and finds each version whatever their number."""

import random

import pytest
from cairn.v1 import context_pb2

from harness.project import new_project
from harness.server import Server
from harness.transfer import export, records
from harness.waiting import eventually

FULL = context_pb2.CONTEXT_VIEW_FULL
KIB, MIB = 1024, 1024 * 1024


def text(dice, size):
    """Words of six letters, nearly all of them different: what a text index and compression like least."""
    letters = dice.choices("abcdefghijklmnopqrstuvwxyz", k=size)
    letters[6::7] = " " * len(letters[6::7])
    return "".join(letters)


@pytest.fixture
def alone(cluster):
    """Contexts on a cluster where nobody else writes, and its database."""
    running = Server("--database-url", cluster.database.url).start()
    with running.channel() as channel:
        yield new_project(channel), cluster.database
    assert running.stop() == 0, running.text


def written(database, change):
    """Bytes that `change` adds to the log."""
    before = database.value("SELECT pg_current_wal_insert_lsn()")
    change()
    return int(database.value(f"SELECT pg_current_wal_insert_lsn() - '{before}'"))


def least_written(database, change, times=5):
    """The least of several times: the first write to a page after a checkpoint logs the page, and the server's own
    upkeep writes now and then."""
    return min(written(database, change) for _ in range(times))


def test_a_change_of_status_does_not_write_a_large_payload_again(alone):
    contexts, database = alone
    dice = random.Random(29)
    contexts.create(id="big", content=text(dice, MIB))
    contexts.create(id="bytes", data=dice.randbytes(MIB))
    statuses = iter([1, 2] * 100)
    for id in ("big", "bytes"):
        contexts.update(id, status=3)
        assert least_written(database, lambda: contexts.update(id, status=next(statuses))) < 64 * KIB
        whole = contexts.GetContext(id=id)
        # The same content is no new content, however it comes.
        again = context_pb2.Context(id=id, content=whole.content, data=whole.data)
        assert least_written(database, lambda: contexts.UpdateContext(context=again)) < 64 * KIB
        assert least_written(database, lambda: contexts.RestoreContextVersion(id=id, version=2)) < 64 * KIB
        def leave_and_return():
            contexts.DeleteContext(id=id)
            contexts.UndeleteContext(id=id)
        assert least_written(database, leave_and_return) < 128 * KIB
        past = contexts.GetContextVersion(id=id, version=3).context
        assert (past.content, past.data) == (whole.content, whole.data)
    # What does change is written: this measures writes, not nothing.
    assert least_written(database, lambda: contexts.update("bytes", data=dice.randbytes(MIB))) > MIB


def test_each_version_has_its_own_payload_whichever_changes_came_between(start_server, database):
    """Small and large payloads take turns with changes of all other kinds; every way to the past tells the same."""
    server = start_server("--database-url", database.url, "--context-sweep-interval", "100ms")
    with server.channel() as channel:
        changes_and_their_past(new_project(channel), database)


def changes_and_their_past(contexts, database):
    dice = random.Random(31)
    ids = ["a", "b", "c"]
    history = {id: [contexts.create(id=id, content=text(dice, 5000))] for id in ids}
    for _ in range(150):
        id, what = dice.choice(ids), dice.random()
        now = history[id][-1]
        if now.HasField("delete_time"):
            changed = contexts.UndeleteContext(id=id)
        elif what < 0.35:
            size = dice.choice([0, 30, 2040, 2049, 5000, 70_000])
            fields = {"content": text(dice, size)} if dice.random() < 0.7 else {"data": dice.randbytes(size)}
            changed = contexts.update(id, [*fields], **fields)
        elif what < 0.45:
            changed = contexts.update(id, content=now.content, status=dice.choice([1, 2, 3]))
        elif what < 0.6:
            changed = contexts.RestoreContextVersion(id=id, version=dice.choice(history[id]).version)
        elif what < 0.7:
            changed = contexts.DeleteContext(id=id)
        elif what < 0.8:
            changed = contexts.update(id, title=f"title {dice.random()}", tags=[dice.choice("xyz")])
        else:
            changed = contexts.update(id, status=dice.choice([1, 2, 3]))
        history[id].append(changed)
    shared = int(database.value("SELECT count(*) FROM context_version WHERE content IS NULL"))
    apart = int(database.value("SELECT count(*) FROM context_payload"))
    assert shared > 2 * apart > 20, "payloads were shared, or this shows nothing"

    everything = [context for id in ids for context in history[id]]
    for id in ids:
        found, token = [], ""
        while True:
            page = contexts.ListContextVersions(id=id, view=FULL, page_size=50, page_token=token)
            found += [version.context for version in page.versions]
            token = page.next_page_token
            if not token:
                break
        assert found == history[id][::-1]
        for context in dice.sample(history[id], 10):
            assert contexts.GetContextVersion(id=id, version=context.version).context == context
            assert contexts.GetContext(id=id, as_of={"position": context.position}, show_deleted=True) == context
    for context in dice.sample(everything, 10):
        moment = {"position": context.position}
        then = {id: max((c for c in history[id] if c.position <= context.position), key=lambda c: c.position,
                        default=None) for id in ids}
        there = [c for c in then.values() if c]
        assert contexts.list(as_of=moment, show_deleted=True, view=FULL, order_by="id") == there
        got = contexts.BatchGetContexts(ids=[c.id for c in there], as_of=moment, show_deleted=True, view=FULL).results
        assert [result.context for result in got] == there
        live = [c for c in there if not c.HasField("delete_time")]
        assert [r.context for r in records(export(contexts, as_of=moment)) if r.HasField("context")] == live
    watched = contexts.watch(after_position=0, view=FULL).caught_up()
    assert sorted(change.context.position for change in watched.changes) == sorted(c.position for c in everything)
    by_position = {c.position: c for c in everything}
    assert all(change.context == by_position[change.context.position] for change in watched.changes)
    watched.close()

    for id in ids:
        if not history[id][-1].HasField("delete_time"):
            contexts.DeleteContext(id=id)
    database.query("UPDATE context SET purge_time = now()")
    eventually(lambda: database.value("SELECT count(*) FROM context") == "0", "all are purged", timeout=60)
    for table in ("context_version", "context_payload", "context_text"):
        assert database.value(f"SELECT count(*) FROM {table}") == "0", table


def rows_read(database):
    """How often former versions were looked for so far, and how many rows that read."""
    row = database.query(
        "SELECT sum(idx_scan + seq_scan), sum(coalesce(idx_tup_fetch, 0) + seq_tup_read) FROM pg_stat_user_tables"
        " WHERE relname LIKE 'context_version%'")[0]
    return int(row[0]), int(row[1])


def test_versions_are_found_without_reading_the_others(alone):
    contexts, database = alone
    contexts.create(id="x", title="now")
    database.query(
        "INSERT INTO context_version (project_id, context_id, version, from_position, position, create_time, update_time,"
        " type, status, title, media_type, owner, session, tags, content, data, number)"
        " SELECT project_id, context_id, n, n, n + 1, create_time, update_time, type, status,"
        " n::text, media_type, owner, session, tags, content, data, number FROM context, generate_series(1, 5999) AS n;"
        # As if the server had written them all: what keeps versions must not keep this one, too.
        " ALTER TABLE context DISABLE TRIGGER USER; UPDATE context SET version = 6000, position = 6000;"
        " ALTER TABLE context ENABLE TRIGGER USER; SELECT setval('journal_position', 10000)")
    for analyzed in (False, True):
        if analyzed:
            database.query("ANALYZE")
        scans, rows = rows_read(database)
        for number in (1, 3000, 5999):
            assert contexts.GetContextVersion(id="x", version=number).context.title == str(number)
            diff = contexts.DiffContextVersions(id="x", from_version=number, to_version=6000)
            assert [field.path for field in diff.fields] == ["title"]
            contexts.RestoreContextVersion(id="x", version=number, validate_only=True)
        page = contexts.ListContextVersions(id="x", page_size=5)
        for _ in range(4):
            page = contexts.ListContextVersions(id="x", page_size=5, page_token=page.next_page_token)
        assert [version.context.version for version in page.versions] == [5980, 5979, 5978, 5977, 5976]
        # The server's connections report what they read when they have been idle for a moment.
        found = eventually(lambda: (now := rows_read(database))[0] - scans >= 14 and now, "the reads are counted")
        assert found[1] - rows < 300, f"{found[1] - rows} rows were read"
