"""Contexts belong to a project; what is another project's is not found."""

import uuid

import grpc
import pytest
from cairn.v1 import context_pb2, context_pb2_grpc, project_pb2, project_pb2_grpc

from harness.project import Contexts, new_project
from harness.refusals import refused

NOT_FOUND = grpc.StatusCode.NOT_FOUND
INVALID = grpc.StatusCode.INVALID_ARGUMENT


@pytest.fixture
def projects(channel):
    return project_pb2_grpc.ProjectServiceStub(channel)


def create_project(projects, id, **fields):
    return projects.CreateProject(
        project_pb2.CreateProjectRequest(project=project_pb2.Project(id=id, **fields)), timeout=60)


def test_x2_another_projects_context_is_not_found(channel):
    mine, theirs = new_project(channel), new_project(channel)
    secret = theirs.create(id="secret", tags=["t"], owner="o", session="s")
    attempts = [
        lambda: mine.GetContext(id="secret"),
        lambda: mine.GetContext(id="secret", show_deleted=True),
        lambda: mine.update("secret", title="mine now"),
        lambda: mine.update("secret", title="mine now", etag=secret.etag),
        lambda: mine.DeleteContext(id="secret"),
        lambda: mine.UndeleteContext(id="secret"),
    ]
    said = {(refusal.code, refusal.reason, refusal.message) for refusal in map(refused, attempts)}
    absent = refused(mine.GetContext, id="absent")
    # The very words that are said of an id that exists nowhere: nothing tells the two apart.
    assert said == {(NOT_FOUND, absent.reason, absent.message.replace("absent", "secret"))}
    assert mine.BatchGetContexts(ids=["secret"]).results[0].error.code == NOT_FOUND.value[0]
    assert mine.list(filter={"tags": ["t"]}) == mine.list(filter={"owner": "o"}) == mine.list() == []
    assert theirs.GetContext(id="secret") == secret


def test_x2_the_same_id_lives_in_two_projects(channel):
    one, two = new_project(channel), new_project(channel)
    one.create(id="same", title="one")
    two.create(id="same", title="two")
    assert (one.GetContext(id="same").title, two.GetContext(id="same").title) == ("one", "two")
    one.DeleteContext(id="same")
    assert two.ids() == ["same"]


def test_x2_a_page_token_of_another_project_is_refused(channel):
    one, two = new_project(channel), new_project(channel)
    for _ in range(3):
        one.create()
        two.create()
    token = one.ListContexts(page_size=1).next_page_token
    refused(two.ListContexts, page_size=1, page_token=token, code=INVALID, reason="PAGE_TOKEN_INVALID")


def test_x2_a_watcher_sees_its_own_project_only(channel):
    one, two = new_project(channel), new_project(channel)
    watcher = one.watch(after_position=0).caught_up()
    two.create(title="theirs")
    mine = one.create(title="mine")
    assert [change.context.id for change in watcher.wait_for_changes(1)] == [mine.id]
    watcher.close()
    assert len(watcher.changes) == 1


def test_x2_without_metadata_the_project_is_default(channel):
    stub = context_pb2_grpc.ContextServiceStub(channel)
    created = stub.CreateContext(context_pb2.CreateContextRequest(context=context_pb2.Context(title="t")), timeout=60)
    assert Contexts(channel, "default").GetContext(id=created.id) == created


def test_x2_an_unknown_project_takes_no_contexts(channel):
    nowhere = Contexts(channel, f"no-{uuid.uuid4().hex}")
    refused(nowhere.create, code=NOT_FOUND, reason="PROJECT_NOT_FOUND")
    refused(nowhere.create, id="x", code=NOT_FOUND, reason="PROJECT_NOT_FOUND")
    refused(nowhere.create, request_id="r", code=NOT_FOUND, reason="PROJECT_NOT_FOUND")
    refused(
        nowhere.BatchCreateContexts, requests=[{"context": {"title": "t"}}], code=NOT_FOUND,
        reason="PROJECT_NOT_FOUND")
    refused(nowhere.GetContext, id="x", code=NOT_FOUND)


@pytest.mark.parametrize("name", ["Upper", "sp ace", "x" * 64, "-first", "a/b"])
def test_x2_a_project_that_cannot_exist_is_refused(channel, projects, name):
    refused(Contexts(channel, name).GetContext, id="x", code=INVALID, reason="CALL_METADATA_INVALID")
    refusal = refused(create_project, projects, name, code=INVALID, reason="FIELD_INVALID")
    assert list(refusal.fields) == ["project.id"]


def test_x2_projects_are_made_read_and_listed(projects):
    names = sorted(f"list-{uuid.uuid4().hex}" for _ in range(5))
    made = [create_project(projects, name, title=f"Title of {name}") for name in names]
    assert all(project.create_time.seconds > 0 and project.position > 0 for project in made)
    assert [projects.GetProject(project_pb2.GetProjectRequest(id=name), timeout=60) for name in names] == made
    listed, token = [], ""
    while True:
        page = projects.ListProjects(project_pb2.ListProjectsRequest(page_size=2, page_token=token), timeout=60)
        assert len(page.projects) <= 2
        listed += page.projects
        token = page.next_page_token
        if not token:
            break
    assert [project for project in listed if project.id in names] == made
    assert [project.id for project in listed] == sorted(project.id for project in listed)
    assert "default" in {project.id for project in listed}


def test_x2_a_taken_project_id_is_refused(projects):
    name = f"twice-{uuid.uuid4().hex}"
    create_project(projects, name)
    refusal = refused(
        create_project, projects, name, code=grpc.StatusCode.ALREADY_EXISTS, reason="PROJECT_EXISTS")
    assert refusal.metadata == {"project": name}
    refused(create_project, projects, "default", code=grpc.StatusCode.ALREADY_EXISTS, reason="PROJECT_EXISTS")
    refused(
        projects.GetProject, project_pb2.GetProjectRequest(id="no-such-project"), code=NOT_FOUND,
        reason="PROJECT_NOT_FOUND")
    refused(
        projects.ListProjects, project_pb2.ListProjectsRequest(page_token="nonsense"), code=INVALID,
        reason="PAGE_TOKEN_INVALID")


def test_x2_an_update_of_a_project_is_made_once(projects):
    name = f"once-{uuid.uuid4().hex}"
    made = create_project(projects, name, title="one")
    request = project_pb2.UpdateProjectRequest(project={"id": name, "title": "two"}, request_id="r")
    updated = projects.UpdateProject(request, timeout=60)
    assert (updated.title, updated.create_time, updated.position) == ("two", made.create_time, made.position)
    projects.UpdateProject(
        project_pb2.UpdateProjectRequest(project={"id": name, "title": "three"}), timeout=60)
    assert projects.UpdateProject(request, timeout=60) == updated, "the first answer, whatever happened since"
    found = projects.GetProject(project_pb2.GetProjectRequest(id=name), timeout=60)
    assert found.title == "three", "and nothing written"
    request.project.title = "four"
    refused(projects.UpdateProject, request, code=INVALID, reason="REQUEST_ID_REUSED")
    request.request_id = "x" * 129
    assert list(refused(projects.UpdateProject, request, code=INVALID).fields) == ["request_id"]


def test_x2_a_trial_update_of_a_project_writes_nothing(projects):
    name = f"trial-{uuid.uuid4().hex}"
    made = create_project(projects, name, title="one")
    request = project_pb2.UpdateProjectRequest(
        project={"id": name, "search_language": "german"}, validate_only=True, request_id="r")
    asked = projects.UpdateProject(request, timeout=60)
    assert (asked.title, asked.search_language) == ("one", "german")
    assert projects.GetProject(project_pb2.GetProjectRequest(id=name), timeout=60) == made
    request.project.id = "no-such-project"
    refused(projects.UpdateProject, request, code=NOT_FOUND, reason="PROJECT_NOT_FOUND")
