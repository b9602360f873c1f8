"""ChangeService: every change of every kind in one feed; and what many watchers cost the database."""

import threading
import time

import grpc
import pytest
from cairn.v1 import (
    change_pb2, change_pb2_grpc, context_pb2, project_pb2, project_pb2_grpc, relationship_pb2, template_pb2)

from harness.project import new_project
from harness.refusals import refused
from harness.waiting import eventually


class Changes:
    """A feed of changes that is read on a thread of its own."""

    def __init__(self, contexts, **request):
        self.events, self.error = [], None
        stub = change_pb2_grpc.ChangeServiceStub(contexts.channel)
        self.call = stub.WatchChanges(change_pb2.WatchChangesRequest(**request), metadata=contexts.metadata)
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self):
        try:
            for event in self.call:
                self.events.append(event)
        except grpc.RpcError as error:
            self.error = error

    @property
    def changes(self):
        return [event.change for event in self.events if event.WhichOneof("event") == "change"]

    def caught_up(self):
        eventually(
            lambda: self.error or any(event.WhichOneof("event") == "caught_up" for event in self.events), "caught up")
        assert self.error is None, self.error
        return self

    def take(self, count):
        """What the first changes were: kind, id and action."""
        eventually(lambda: len(self.changes) >= count or self.error, f"{count} changes")
        assert self.error is None, self.error
        return [(change.resource_kind, change.resource_id, change.action) for change in self.changes[:count]]

    def close(self):
        self.call.cancel()
        self._thread.join(10)


def write_each_kind(contexts):
    """Changes of each kind; returns what a watcher of all must see."""
    for id in ("a", "b"):
        contexts.create(id=id)
    edge = relationship_pb2.Relationship(source="a", target="b", kind="RELATIONSHIP_KIND_FOLLOWS")
    contexts.RelateContexts(relationships=[edge], atomic=True)
    contexts.CreateTemplate(definition=template_pb2.Template(id="t", title="t", context_title="x"))
    contexts.DeleteContext(id="b")
    return [
        ("context", "a", "created"), ("context", "b", "created"), ("relationship", "a\tFOLLOWS\t\tb", "created"),
        ("template", "t", "created"), ("context", "b", "deleted")]


def test_changes_of_every_kind_arrive_in_order_live_and_from_the_past(contexts):
    live = Changes(contexts).caught_up()
    expected = write_each_kind(contexts)
    seen = live.take(5)
    assert seen == expected
    past = Changes(contexts, after_position=live.changes[0].position - 1).caught_up()
    assert past.take(5) == seen
    assert [change.position for change in past.changes] == sorted(change.position for change in past.changes)
    assert [(change.old_version, change.new_version) for change in past.changes[::4]] == [(0, 1), (1, 2)]
    for feed in (live, past):
        feed.close()


def test_a_change_names_who_made_it_and_where_it_can_be_read(contexts):
    feed = Changes(contexts).caught_up()
    caller = contexts.elsewhere(contexts.channel)
    caller.metadata = [*contexts.metadata, ("cairn-principal", "ann"), ("cairn-agent", "builder")]
    created = caller.create(id="x", title="before")
    contexts.update("x", title="after")
    feed.take(2)
    change = feed.changes[0]
    assert (change.provenance.principal, change.provenance.agent) == ("ann", "builder")
    assert change.provenance.operation == "cairn.v1.ContextService/CreateContext"
    as_of = context_pb2.AsOf(position=change.position)
    assert contexts.GetContext(id=change.resource_id, as_of=as_of).title == created.title
    feed.close()


def test_only_the_kinds_asked_for_arrive(contexts):
    feed = Changes(contexts, resource_kinds=["template", "relationship", "not-yet-known"]).caught_up()
    write_each_kind(contexts)
    contexts.CreateTemplate(definition=template_pb2.Template(id="u", title="t", context_title="x"))
    assert [kind for kind, _, _ in feed.take(3)] == ["relationship", "template", "template"]
    feed.close()


def test_a_feed_goes_on_within_the_changes_of_one_write(contexts):
    drafts = [{"context": {"id": f"c{number}", "title": "t"}} for number in range(5)]
    position = contexts.BatchCreateContexts(requests=drafts).position
    feed = Changes(contexts, after_position=position, after_ordinal=2).caught_up()
    assert feed.take(2) == [("context", "c3", "created"), ("context", "c4", "created")]
    journal = feed.events[0].journal_id
    assert all(event.journal_id == journal for event in feed.events)
    feed.close()


def test_nothing_of_another_project_is_seen(contexts, other):
    feed = Changes(contexts).caught_up()
    write_each_kind(other)
    contexts.create(id="mine")
    assert feed.take(1) == [("context", "mine", "created")]
    feed.close()


def test_a_feed_of_a_deleted_project_ends(channel):
    contexts = new_project(channel)
    feed = Changes(contexts).caught_up()
    project_pb2_grpc.ProjectServiceStub(channel).DeleteProject(project_pb2.DeleteProjectRequest(id=contexts.project))
    eventually(lambda: feed.error, "the feed ends")
    assert feed.error.code() == grpc.StatusCode.NOT_FOUND


@pytest.mark.parametrize("fields, field", [
    ({"resource_kinds": [str(number) for number in range(17)]}, "resource_kinds"),
    ({"resource_kinds": ["context", ""]}, "resource_kinds[1]"),
    ({"resource_kinds": ["k" * 129]}, "resource_kinds[0]"),
    ({"after_position": -1}, "after_position"),
    ({"after_position": 1, "after_ordinal": -1}, "after_ordinal"),
    ({"after_ordinal": 1}, "after_ordinal"),
])
def test_wrong_starts_are_named(contexts, fields, field):
    stub = change_pb2_grpc.ChangeServiceStub(contexts.channel)
    refusal = refused(
        list, stub.WatchChanges(change_pb2.WatchChangesRequest(**fields), metadata=contexts.metadata),
        code=grpc.StatusCode.INVALID_ARGUMENT, reason="FIELD_INVALID")
    assert list(refusal.fields) == [field]


@pytest.mark.parametrize("fields, reason", [
    ({"after_position": 2**62}, "POSITION_IN_FUTURE"),
    ({"after_position": 2**63 - 1, "after_ordinal": 2**31 - 1}, "POSITION_IN_FUTURE"),
    ({"after_position": 1, "journal_id": "00000000-0000-0000-0000-000000000000"}, "POSITION_FOREIGN"),
])
def test_starts_that_cannot_be_had_are_refused(contexts, fields, reason):
    stub = change_pb2_grpc.ChangeServiceStub(contexts.channel)
    refused(
        list, stub.WatchChanges(change_pb2.WatchChangesRequest(**fields), metadata=contexts.metadata),
        code=grpc.StatusCode.OUT_OF_RANGE, reason=reason)


def test_many_watchers_of_contexts_cost_the_database_little_more_than_one(start_server, database):
    """Each of 60 watchers asked for the images of each of 20 changes by itself: 1,100 transactions."""
    server = start_server("--database-url", database.url)
    with server.channel() as channel:
        contexts = new_project(channel)
        watchers = [contexts.watch().caught_up() for _ in range(60)]
        before = commits(database)
        for number in range(20):
            contexts.create(id=f"c{number}", content="some text")
            for watcher in watchers:
                watcher.wait_for_changes(number + 1)
        spent = commits(database) - before
        for watcher in watchers:
            assert [change.context.id for change in watcher.changes] == [f"c{number}" for number in range(20)]
            assert all(change.context.content == "some text" for change in watcher.changes)
            watcher.close()
    assert 20 <= spent < 600, f"{spent} transactions"


def commits(database):
    """Transactions so far, when the last ones are counted: sessions report within a second."""
    count, since = -1, time.monotonic()
    while time.monotonic() - since < 2.5:
        now = int(database.value("SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()"))
        if now - count > 20:
            since = time.monotonic()
        count = max(count, now)
        time.sleep(0.25)
    return count
