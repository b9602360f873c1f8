"""Projects are deleted at once for their callers, on every server; then all they held is removed, whatever breaks."""

import grpc
import pytest
from cairn.v1 import project_pb2, project_pb2_grpc, relationship_pb2

from harness.operations import CANCELLED, DONE, RUNNING, Operations
from harness.postgres import Session
from harness.project import new_project
from harness.refusals import refusal, refused
from harness.transfer import Import, export
from harness.waiting import eventually

NOT_FOUND, INVALID = grpc.StatusCode.NOT_FOUND, grpc.StatusCode.INVALID_ARGUMENT
EXISTS = grpc.StatusCode.ALREADY_EXISTS
# Every table that holds something of a project, from the database itself; partitions are in their parents.
TABLES = """
    SELECT relname FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid AND attname = 'project_id'
    WHERE relkind IN ('r', 'p') AND NOT relispartition AND relnamespace = 'public'::regnamespace
      AND relname <> 'project' ORDER BY relname"""


class Projects:
    """ProjectService: `projects.get("x")`."""

    def __init__(self, channel):
        self.stub = project_pb2_grpc.ProjectServiceStub(channel)

    def get(self, id):
        return self.stub.GetProject(project_pb2.GetProjectRequest(id=id), timeout=60)

    def delete(self, id, **fields):
        return self.stub.DeleteProject(project_pb2.DeleteProjectRequest(id=id, **fields), timeout=60)

    def list(self, **fields):
        listed, token = [], ""
        while True:
            page = self.stub.ListProjects(project_pb2.ListProjectsRequest(page_token=token, **fields), timeout=60)
            listed += page.projects
            token = page.next_page_token
            if not token:
                return listed


def purge_of(channel, project):
    """The newest operation that removes what a project held."""
    return next(
        operation for operation in Operations(channel, "default").list(kinds=["purge-project"])
        if operation.subject == project)


def held(database, project):
    """How many rows of a project there are, by table; none where there are none."""
    counts = " UNION ALL ".join(
        f"SELECT '{table}', count(*) FROM {table} WHERE project_id = '{project}'" for table, in database.query(TABLES))
    return {table: int(count) for table, count in database.query(counts) if count != "0"}


def furnish(contexts, count=120):
    """Something of everything that a project can hold."""
    for first in range(0, count, 500):
        contexts.BatchCreateContexts(atomic=True, requests=[
            {"context": {"id": f"c{n}", "title": f"Stone {n}", "content": f"number{n} " * 20, "tags": ["t"]}}
            for n in range(first, min(count, first + 500))])
    contexts.update("c0", content="changed")
    contexts.create(id="long", content="x" * 3_000)
    contexts.update("long", content="y")
    contexts.Remember(context={"id": "m", "content": "A memory."})
    contexts.create("named", request_id="r")
    for kind in (1, 2):
        contexts.RelateContexts(relationships=[
            relationship_pb2.Relationship(source="c0", target=f"c{n}", kind=kind) for n in range(1, 50)], atomic=True)
    contexts.RelateContexts(relationships=[
        relationship_pb2.Relationship(source="c0", target="c1", kind=1, weight=0.5)], atomic=True)
    for text in ("one", "two"):
        contexts.CreateTemplate(definition={"id": text, "title": "t", "context_title": "t", "content": text})
    contexts.DeleteTemplate(id="one")
    imported = Import(contexts, import_id="i")
    imported.send(records=[{"context": {"id": "from-elsewhere", "title": "t"}}])
    imported.finish()
    contexts.CreateSession(session={"id": "s", "entities": ["e"]}, agent="ann")
    for number in range(20):
        contexts.RecordTestResult(session="s", entities=["e"], passed=number % 2 == 1)
    contexts.EndSession(id="s")
    contexts.Reindex()


def raising(error):
    raise error


def test_a_deleted_project_refuses_every_call(channel):
    contexts, projects = new_project(channel), Projects(channel)
    id = contexts.project
    contexts.create(id="x")
    before = projects.get(id)
    deleted = projects.delete(id)
    assert deleted.delete_time.seconds >= deleted.create_time.seconds > 0
    before.delete_time.CopyFrom(deleted.delete_time)
    assert deleted == before
    theirs = Operations(channel, id)
    calls = [
        lambda: contexts.GetContext(id="x"), contexts.create, lambda: contexts.create(id="new", request_id="r"),
        contexts.list, lambda: contexts.Search(query="a"), lambda: list(contexts.Traverse(start=["x"])),
        lambda: list(export(contexts)), lambda: Import(contexts).finish(), contexts.Reindex, theirs.list,
        lambda: theirs.GetOperation(id="x"), lambda: raising(contexts.watch(after_position=0).ended()),
        lambda: contexts.BatchCreateContexts(requests=[{"context": {"title": "t"}}]),
        lambda: contexts.CreateSession(session={"id": "s"}), contexts.ListSessions, lambda: contexts.GetSession(id="s"),
        lambda: contexts.ListEvents(session="s"), lambda: list(contexts.WatchSession(session="-")),
        lambda: list(contexts.WatchSessions(after_position=0)), lambda: contexts.EndSession(id="s")]
    for number, call in enumerate(calls):
        with pytest.raises(grpc.RpcError) as caught:
            call()
        said = refusal(caught.value)
        # Once all it held is gone nobody remembers it; here that takes two seconds at least.
        assert (said.code, said.reason, said.metadata) == (NOT_FOUND, "PROJECT_DELETED", {"project": id}), number
        assert said.resources == [("cairn.v1.Project", id)]


def test_a_deleted_project_is_listed_only_on_request(channel):
    contexts, projects = new_project(channel), Projects(channel)
    new_project(channel)
    deleted = projects.delete(contexts.project)
    assert contexts.project not in {project.id for project in projects.list()}
    assert deleted in projects.list(show_deleted=True, page_size=2) and projects.get(contexts.project) == deleted
    update = project_pb2.UpdateProjectRequest(project={"id": contexts.project, "title": "t"})
    refused(projects.stub.UpdateProject, update, code=NOT_FOUND, reason="PROJECT_DELETED")
    token = projects.stub.ListProjects(project_pb2.ListProjectsRequest(page_size=1)).next_page_token
    mixed = project_pb2.ListProjectsRequest(page_size=1, page_token=token, show_deleted=True)
    refused(projects.stub.ListProjects, mixed, code=INVALID, reason="PAGE_TOKEN_INVALID")


def test_nothing_of_a_deleted_project_stays_and_others_keep_all(channel, module_database):
    contexts, other = new_project(channel), new_project(channel)
    furnish(contexts)
    furnish(other)
    assert set(held(module_database, contexts.project)) >= {
        "change", "context", "context_payload", "context_text", "context_version", "import", "operation", "relationship",
        "relationship_version", "request", "template", "template_version"}
    kept = held(module_database, other.project)
    Projects(channel).delete(contexts.project)
    ended = Operations(channel, "default").ended(purge_of(channel, contexts.project))
    assert (ended.state, ended.kind, ended.subject) == (DONE, "purge-project", contexts.project)
    assert ended.done == ended.total > 300
    assert held(module_database, contexts.project) == {}
    assert kept.items() <= held(module_database, other.project).items()
    assert len(other.list(page_size=1000)) == 124 and other.GetContextVersion(id="c0", version=1).context.version == 1


def test_of_a_removed_project_only_its_id_is_kept(channel):
    contexts, projects = new_project(channel), Projects(channel)
    projects.delete(contexts.project)
    Operations(channel, "default").ended(purge_of(channel, contexts.project))
    refused(projects.get, contexts.project, code=NOT_FOUND, reason="PROJECT_NOT_FOUND")
    refused(projects.delete, contexts.project, code=NOT_FOUND, reason="PROJECT_NOT_FOUND")
    assert contexts.project not in {project.id for project in projects.list(show_deleted=True)}
    refused(contexts.list, code=NOT_FOUND, reason="PROJECT_NOT_FOUND")
    again = project_pb2.CreateProjectRequest(project={"id": contexts.project})
    refused(projects.stub.CreateProject, again, code=EXISTS, reason="PROJECT_EXISTS")


def test_deleting_twice_is_deleting_once(channel):
    contexts, projects = new_project(channel), Projects(channel)
    deleted = projects.delete(contexts.project, request_id="r")
    assert projects.delete(contexts.project) == deleted
    assert len([
        operation for operation in Operations(channel, "default").list(kinds=["purge-project"])
        if operation.subject == contexts.project]) == 1


def test_a_cancelled_removal_is_taken_up_again(channel, module_database):
    contexts, projects, operations = new_project(channel), Projects(channel), Operations(channel, "default")
    furnish(contexts)
    projects.delete(contexts.project)
    first = operations.CancelOperation(id=purge_of(channel, contexts.project).id)
    assert first.state == CANCELLED and projects.get(contexts.project).HasField("delete_time")
    refused(contexts.list, code=NOT_FOUND, reason="PROJECT_DELETED")
    projects.delete(contexts.project)
    second = purge_of(channel, contexts.project)
    assert second.id != first.id and operations.ended(second).state == DONE
    assert held(module_database, contexts.project) == {}


def test_a_trial_deletion_deletes_nothing(channel):
    contexts, projects = new_project(channel), Projects(channel)
    before = projects.get(contexts.project)
    assert projects.delete(contexts.project, validate_only=True) == before == projects.get(contexts.project)
    contexts.create()
    refused(projects.delete, "no-such-project", validate_only=True, code=NOT_FOUND, reason="PROJECT_NOT_FOUND")


def test_what_cannot_be_deleted(channel):
    projects = Projects(channel)
    for id, fields in [("default", {}), ("", {}), ("Upper", {}), ("x", {"request_id": "r" * 129})]:
        names = list(refused(projects.delete, id, **fields, code=INVALID, reason="FIELD_INVALID").fields)
        assert names == (["request_id"] if fields else ["id"])
    refused(projects.delete, "no-such-project", code=NOT_FOUND, reason="PROJECT_NOT_FOUND")
    assert not projects.get("default").HasField("delete_time")


def test_calls_under_way_end_with_their_project(channel):
    contexts = new_project(channel)
    watcher = contexts.watch(after_position=0).caught_up()
    importing = Import(contexts, import_id="i")
    importing.send(records=[{"context": {"id": "a", "title": "t"}}])
    importing.receive_until(1)
    Projects(channel).delete(contexts.project)
    assert refusal(watcher.ended()).reason == "PROJECT_DELETED"
    with pytest.raises(grpc.RpcError) as caught:
        importing.send(records=[{"context": {"id": "b", "title": "t"}}])
        importing.finish()
    assert refusal(caught.value).reason == "PROJECT_DELETED"


def test_other_servers_follow(start_server, database):
    first = start_server("--database-url", database.url)
    second = start_server("--database-url", database.url)
    with first.channel() as here, second.channel() as there:
        contexts = new_project(here)
        elsewhere = contexts.elsewhere(there)
        elsewhere.create(id="known")
        watcher = elsewhere.watch(after_position=0).caught_up()
        Projects(here).delete(contexts.project)

        def refusal_of_a_write():
            try:
                elsewhere.create()
            except grpc.RpcError as error:
                return refusal(error)

        said = eventually(refusal_of_a_write, "the other server has heard", timeout=2)
        assert said.reason == "PROJECT_DELETED"
        assert refusal(watcher.ended()).reason == "PROJECT_DELETED"
        ended = Operations(there, "default").ended(purge_of(there, contexts.project))
        assert ended.state == DONE
    assert held(database, contexts.project) == {}


def test_a_removal_survives_the_death_of_the_server(start_server, database):
    server = start_server("--database-url", database.url)
    with server.channel() as channel:
        contexts = new_project(channel)
        furnish(contexts, 6_000)
        Projects(channel).delete(contexts.project)
        seen = Operations(channel, "default").watch(purge_of(channel, contexts.project))
        operation = next(each for each in seen if each.done > 0)
        server.kill()
    left = held(database, contexts.project)
    assert operation.state == RUNNING and left, "it died in the middle"
    server = start_server("--database-url", database.url)
    with server.channel() as channel:
        refused(contexts.elsewhere(channel).list, code=NOT_FOUND, reason="PROJECT_DELETED")
        ended = Operations(channel, "default").ended(operation)
        assert ended.state == DONE and ended.done > operation.done
    assert held(database, contexts.project) == {}


def test_what_is_written_behind_the_back_of_a_removal_goes_too(channel, module_database):
    """A write that was under way when the project was deleted commits while its rows are being removed."""
    contexts = new_project(channel)
    with Session(module_database) as session:
        session.execute("BEGIN")
        session.execute(
            "INSERT INTO request (project_id, principal, method, request_id, hash, answer, position, at, expire_time)"
            f" VALUES ('{contexts.project}', 'p', 'm', 'late', '', '', 0, now(), now())")
        Projects(channel).delete(contexts.project)
        purge = purge_of(channel, contexts.project)
        eventually(
            lambda: module_database.value(f"SELECT resume FROM operation WHERE operation_id = '{purge.id}'"),
            "all but that is gone")
        assert Operations(channel, "default").GetOperation(id=purge.id).state == RUNNING
        session.execute("COMMIT")
    assert Operations(channel, "default").ended(purge).state == DONE
    assert held(module_database, contexts.project) == {}
