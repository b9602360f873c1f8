"""History is kept for as long as a project says: what is kept answers as before, what is pruned says so."""

import random

import grpc
import pytest
from cairn.v1 import context_pb2, project_pb2, project_pb2_grpc, relationship_pb2
from google.protobuf import duration_pb2

from harness.operations import DONE, Operations
from harness.project import new_project
from harness.refusals import refusal, refused
from harness.transfer import Import, export, records
from harness.waiting import eventually

FULL = context_pb2.CONTEXT_VIEW_FULL
NOT_FOUND, INVALID = grpc.StatusCode.NOT_FOUND, grpc.StatusCode.INVALID_ARGUMENT
OUT_OF_RANGE = grpc.StatusCode.OUT_OF_RANGE
PRUNING = ("--history-prune-interval", "100ms", "--context-sweep-interval", "100ms")
HISTORY = ("change", "context_version", "context_payload", "relationship_version", "template_version")


def projects(contexts):
    return project_pb2_grpc.ProjectServiceStub(contexts.channel)


def keep(contexts, seconds):
    """Has the project keep its history for so long; None for ever."""
    project = project_pb2.Project(id=contexts.project)
    if seconds is not None:
        project.history_retention.seconds = seconds
    return projects(contexts).UpdateProject(
        project_pb2.UpdateProjectRequest(project=project, update_mask={"paths": ["history_retention"]}), timeout=60)


def age(contexts, database, position):
    """Makes everything up to a position an hour older, and the times from which relationships hold with it: a state has a
    time, too, at which it shows what holds."""
    database.query(
        f"UPDATE change SET at = at - interval '1 hour'"
        f" WHERE project_id = '{contexts.project}' AND position <= {position}")
    for table in ("relationship", "relationship_version"):
        database.query(
            f"UPDATE {table} SET valid_from = valid_from - interval '1 hour' WHERE project_id = '{contexts.project}'")


def rows(contexts, database, condition="true"):
    """How many rows of each table of history meet a condition."""
    return {
        table: int(database.value(
            f"SELECT count(*) FROM {table} WHERE project_id = '{contexts.project}' AND {condition}"))
        for table in HISTORY}


def prune(contexts, database, position, timeout=60):
    """Prunes the history of a project up to a position, and waits until the last row is gone."""
    age(contexts, database, position)
    prune_aged(contexts, database, position, timeout)


def prune_aged(contexts, database, position, timeout=60):
    """The same for what was made older before."""
    keep(contexts, 1800)
    eventually(
        lambda: database.value(
            f"SELECT coalesce(max(cleared_position), -1) FROM horizon WHERE project_id = '{contexts.project}'") == str(position),
        "everything below the horizon is gone", timeout)


def make_history(contexts, dice, count):
    """Changes of all kinds, and the position after each."""
    ids = ["a", "b", "c"]
    for id in ids:
        contexts.create(id=id, content="stone " * dice.choice([5, 1000]))
    contexts.CreateTemplate(definition={"id": "t", "title": "t", "context_title": "t", "content": "0"})
    positions = []
    for number in range(count):
        id, what = dice.choice(ids), dice.random()
        now = contexts.GetContext(id=id, show_deleted=True)
        if now.HasField("delete_time"):
            changed = contexts.UndeleteContext(id=id)
        elif what < 0.4:
            words = f"w{number} {dice.choice(['granite', 'slate', 'chalk'])} "
            changed = contexts.update(id, content=words * dice.choice([1, 20, 800, 3000]))
        elif what < 0.5:
            changed = contexts.update(id, data=dice.randbytes(dice.choice([10, 5000])))
        elif what < 0.6:
            changed = contexts.DeleteContext(id=id)
        elif what < 0.75:
            changed = contexts.RelateContexts(atomic=True, relationships=[relationship_pb2.Relationship(
                source=id, target=dice.choice([other for other in ids if other != id]), kind=2, weight=dice.random())]
            ) if all(not contexts.GetContext(id=i, show_deleted=True).HasField("delete_time") for i in ids) else now
        elif what < 0.8:
            changed = contexts.UpdateTemplate(definition={"id": "t", "content": str(number)})
        else:
            changed = contexts.update(id, status=dice.choice([1, 2, 3]), tags=[dice.choice("xyz")])
        positions.append(changed.position)
    return sorted(set(positions))


def image(contexts, position):
    """All that can be seen of a project as of a position."""
    moment = {"position": position}
    found = contexts.Search(query="granite", as_of=moment, page_size=100)
    walked = list(contexts.Traverse(start=["a"], as_of=moment)) if "a" in contexts.ids(as_of=moment) else []
    return (
        contexts.list(as_of=moment, show_deleted=True, view=FULL, order_by="id"),
        [hit.context for hit in found.hits],
        [list(contexts.ListRelationships(context=id, as_of=moment).relationships) for id in "abc"
         if id in contexts.ids(as_of=moment)],
        sorted(hit.context.id for response in walked for hit in response.hits),
        [record for record in records(export(contexts, as_of=moment)) if record.HasField("context")])


def reads_of(contexts, position):
    """Everything that can be asked as of a position."""
    moment = {"position": position}
    return [
        lambda: contexts.GetContext(id="a", as_of=moment), lambda: contexts.ListContexts(as_of=moment),
        lambda: contexts.BatchGetContexts(ids=["a"], as_of=moment),
        lambda: contexts.Search(query="granite", as_of=moment), lambda: contexts.Recall(as_of=moment),
        lambda: contexts.ListRelationships(context="a", as_of=moment),
        lambda: list(contexts.Traverse(start=["a"], as_of=moment)),
        lambda: contexts.FindPaths(source="a", target="b", as_of=moment), lambda: list(export(contexts, as_of=moment))]


@pytest.fixture
def pruned(start_server, database):
    """A server that prunes all the time, and its database."""
    server = start_server("--database-url", database.url, *PRUNING)
    with server.channel() as channel:
        yield channel, database


def test_what_is_kept_answers_as_before_and_what_is_pruned_says_so(pruned):
    channel, database = pruned
    dice = random.Random(83)
    contexts, other = new_project(channel), new_project(channel)
    other.create(id="kept")
    positions = make_history(contexts, dice, 120)
    for number in range(3):
        other.update("kept", content=f"{number}")
    elsewhere = rows(other, database)
    horizon = positions[60]
    looked_at = [position for position in positions if position >= horizon][::6] + [positions[-1]]
    age(contexts, database, horizon)
    before = {position: image(contexts, position) for position in looked_at}
    assert any(before[horizon][2]), "some relationships hold at the horizon"
    versions = {id: list(contexts.ListContextVersions(id=id, view=FULL, page_size=1000).versions) for id in "abc"}
    watched = contexts.watch(after_position=horizon, view=FULL).caught_up()
    later = [change.context for change in watched.changes]
    watched.close()

    prune_aged(contexts, database, horizon)

    assert sum(rows(contexts, database, f"position <= {horizon}").values()) == 0
    assert all(count > 0 for count in rows(contexts, database).values()), "each kind has history left"
    assert rows(other, database) == elsewhere
    for position, seen in before.items():
        assert image(contexts, position) == seen, position
    for position in (0, positions[0], horizon - 1):
        for read in reads_of(contexts, position):
            said = refused(read, code=OUT_OF_RANGE, reason="POSITION_PRUNED")
            assert said.metadata["oldest"] == str(horizon)

    for id, former in versions.items():
        left = contexts.ListContextVersions(id=id, view=FULL, page_size=1000).versions
        # The state at the horizon, whatever its age, and everything since.
        state = next(version for version in former if version.context.position <= horizon)
        assert [version.context for version in left] == [
            version.context for version in former if version.context.position >= state.context.position]
        for version in left:
            # Who made it is known of what lies above the horizon.
            assert version.HasField("provenance") == (version.context.position > horizon)
        for version in former[len(left):]:
            number = version.context.version
            for call in (lambda: contexts.GetContextVersion(id=id, version=number),
                         lambda: contexts.DiffContextVersions(id=id, from_version=number),
                         lambda: contexts.RestoreContextVersion(id=id, version=number)):
                refused(call, code=NOT_FOUND, reason="CONTEXT_VERSION_NOT_FOUND")

    watched = contexts.watch(after_position=horizon, view=FULL).caught_up()
    assert [change.context for change in watched.changes] == later
    watched.close()
    said = refusal(contexts.watch(after_position=horizon - 1).ended())
    assert (said.code, said.reason) == (OUT_OF_RANGE, "POSITION_PRUNED")
    assert other.GetContextVersion(id="kept", version=1).context.version == 1
    # What was restored before can be restored again, and life goes on.
    oldest = contexts.ListContextVersions(id="a", page_size=1000).versions[-1].context.version
    contexts.UndeleteContext(id="a") if contexts.GetContext(id="a", show_deleted=True).HasField("delete_time") else None
    restored = contexts.RestoreContextVersion(id="a", version=oldest)
    assert restored.content == contexts.GetContextVersion(id="a", version=oldest, view=FULL).context.content


def test_an_export_with_versions_has_what_is_kept_and_can_be_imported(pruned):
    channel, database = pruned
    contexts, copy = new_project(channel), new_project(channel)
    contexts.create(id="x", content="0" * 3000)
    written = [contexts.update("x", content=str(number) * 3000) for number in range(1, 10)]
    prune(contexts, database, written[4].position)
    sent = list(records(export(contexts, include_versions=True)))
    kept = [record.context_version.version for record in sent if record.HasField("context_version")]
    assert kept == [6, 7, 8, 9]
    importing = Import(copy)
    importing.send(records=sent)
    assert importing.finish().failed == 0
    there = copy.ListContextVersions(id="x", view=FULL).versions
    assert [(version.context.version, version.context.content[:1]) for version in there] == [
        (10, "9"), (9, "8"), (8, "7"), (7, "6"), (6, "5")]


def test_an_export_under_way_holds_what_it_shows(start_server, database):
    server = start_server("--database-url", database.url, "--context-retention", "0", *PRUNING)
    with server.channel(("grpc.http2.lookahead_bytes", 1 << 16)) as channel:
        contexts = new_project(channel)
        count = 60
        for number in range(count):
            contexts.create(id=f"c{number:03}", content=f"{number} " * 40_000)
        sent = export(contexts)
        first = next(sent)
        for number in range(count):
            contexts.update(f"c{number:03}", content="new")
        contexts.DeleteContext(id="c059")
        newest = contexts.create(id="later").position
        age(contexts, database, newest)
        keep(contexts, 1)
        held = f"project_id = '{contexts.project}'"
        assert database.value(f"SELECT kind FROM hold WHERE {held}") == "export"
        # Another project's horizon moves meanwhile, and another sweep comes by: this one was not only late.
        other = new_project(channel)
        other.create(id="x")
        prune(other, database, other.update("x", content="y").position)
        other.DeleteContext(id="x")
        eventually(
            lambda: database.value(f"SELECT count(*) FROM context WHERE project_id = '{other.project}'") == "0", "purged")
        assert database.value(f"SELECT count(*) FROM context WHERE {held} AND context_id = 'c059'") == "1"
        seen = [record.context for record in records([first, *sent]) if record.HasField("context")]
        assert [context.content for context in seen] == [f"{number} " * 40_000 for number in range(count)]
        eventually(
            lambda: int(database.value(
                f"SELECT coalesce(max(cleared_position), -1) FROM horizon WHERE {held}")) >= newest,
            "pruned once the export has ended", timeout=30)
        assert database.value(f"SELECT count(*) FROM hold WHERE {held}") == "0"
        eventually(
            lambda: database.value(f"SELECT count(*) FROM context WHERE {held} AND context_id = 'c059'") == "0", "purged")
        refused(lambda: list(export(contexts, as_of={"position": first.position})), reason="POSITION_PRUNED")


def test_pruning_goes_on_after_the_death_of_the_server(start_server, database):
    server = start_server("--database-url", database.url, *PRUNING)
    with server.channel() as channel:
        contexts = new_project(channel)
        contexts.create(id="x")
        # As 60,000 writes would have left them.
        database.query(
            "INSERT INTO change (project_id, position, ordinal, at, principal, operation, kind, id, action)"
            f" SELECT '{contexts.project}', nextval('journal_position'), 0, now() - interval '1 hour', '', '', 'x', 'x',"
            " 'updated' FROM generate_series(1, 60000)")
        count = f"SELECT count(*) FROM change WHERE project_id = '{contexts.project}' AND at < now() - interval '50 minutes'"
        newest = contexts.update("x", content="y").position
        keep(contexts, 1800)
        left = eventually(lambda: 0 < (left := int(database.value(count))) < 60_000 and left, "some are gone", timeout=60)
        server.kill()
    assert left > 0
    assert int(database.value(count)) > 0, "it died in the middle"
    database.query("UPDATE journal_duty SET expire_time = now()")
    server = start_server("--database-url", database.url, *PRUNING)
    with server.channel() as channel:
        eventually(lambda: database.value(count) == "0", "the other server goes on", timeout=60)
        contexts = contexts.elsewhere(channel)
        assert contexts.GetContextVersion(id="x", version=1).context.version == 1
        assert contexts.watch(after_position=newest - 1).wait_for_changes(1)[0].position == newest


def test_a_retention_is_kept_changed_and_cleared(channel):
    stub = project_pb2_grpc.ProjectServiceStub(channel)
    name = new_project(channel).project + "-r"
    project = project_pb2.Project(id=name, history_retention=duration_pb2.Duration(seconds=90, nanos=1_500))
    made = stub.CreateProject(project_pb2.CreateProjectRequest(project=project))
    kept = duration_pb2.Duration(seconds=90, nanos=1_000)
    assert made.history_retention == kept
    get = project_pb2.GetProjectRequest(id=name)
    assert stub.GetProject(get).history_retention == kept

    def update(paths=(), validate_only=False, **fields):
        return stub.UpdateProject(project_pb2.UpdateProjectRequest(
            project=project_pb2.Project(id=name, **fields), update_mask={"paths": paths} if paths else None,
            validate_only=validate_only))

    hour = duration_pb2.Duration(seconds=3600)
    assert update(history_retention=hour, validate_only=True).history_retention == hour
    assert update(title="t").history_retention == kept
    assert update(history_retention=hour).history_retention == hour == stub.GetProject(get).history_retention
    assert update(paths=["title"]).history_retention == hour
    assert not update(paths=["history_retention"]).HasField("history_retention")
    assert not stub.GetProject(get).HasField("history_retention")
    for seconds, nanos in [(0, 0), (0, 999_999_999), (-1, 0), (3_155_760_001, 0), (3_155_760_000, 1), (5, -1), (2**63 - 1, 0)]:
        wrong = duration_pb2.Duration(seconds=seconds, nanos=nanos)
        said = refused(update, history_retention=wrong, code=INVALID, reason="FIELD_INVALID")
        assert list(said.fields) == ["project.history_retention"]


def test_operations_that_ended_long_ago_and_dead_leases_go(start_server, database):
    server = start_server("--database-url", database.url)
    with server.channel() as channel:
        contexts = new_project(channel)
        operations = Operations(channel, contexts.project)
        old, new = [operations.ended(contexts.Reindex()) for _ in range(2)]
        assert (old.state, new.state) == (DONE, DONE)
    assert server.stop() == 0
    database.query(f"UPDATE operation SET update_time = now() - interval '8 days' WHERE operation_id = '{old.id}'")
    database.query(
        "INSERT INTO lease (project_id, lease_id, epoch, holder, until)"
        f" VALUES ('{contexts.project}', 'dead', 3, 'h', now() - interval '8 days'),"
        f" ('{contexts.project}', 'late', 3, 'h', now() - interval '1 hour')")
    # The first sweep comes with the start.
    server = start_server("--database-url", database.url)
    with server.channel() as channel:
        operations = Operations(channel, contexts.project)
        eventually(lambda: old.id not in [each.id for each in operations.list()], "the old one is gone")
        refused(lambda: operations.GetOperation(id=old.id), code=NOT_FOUND, reason="OPERATION_NOT_FOUND")
        assert operations.GetOperation(id=new.id).id == new.id
        eventually(lambda: database.query("SELECT lease_id FROM lease") == [["late"]], "the dead lease is gone")
