"""Statistics of the text index, and making it anew: with progress, and through the death of the server."""

import threading

import grpc
import pytest
from cairn.v1 import project_pb2, project_pb2_grpc

from harness import operations
from harness.operations import DONE, RUNNING, reindexed
from harness.project import new_project
from harness.refusals import refused


def fill(contexts, count, text="running horses"):
    for first in range(0, count, 500):
        contexts.BatchCreateContexts(atomic=True, requests=[
            {"context": {"title": f"Note {n}", "content": f"{text} number{n}"}}
            for n in range(first, min(count, first + 500))])


def speak(contexts, language):
    """Changes the language of the project."""
    return project_pb2_grpc.ProjectServiceStub(contexts.channel).UpdateProject(
        project_pb2.UpdateProjectRequest(project={"id": contexts.project, "search_language": language}), timeout=60)


def total(contexts, query):
    return contexts.Search(query=query, page_size=1).total_size


def test_statistics_equal_counts(channel):
    contexts = new_project(channel)
    stats = contexts.SearchStats()
    assert (stats.documents, stats.indexed, stats.bytes, stats.lexemes, stats.outdated) == (0, 0, 0, 0, 0)
    texts = [("One stone", "one stone and another stone", ["a tag"]), ("Two", "zwei Brücken", []), ("Three", "", [])]
    ids = [contexts.create(title, content=content, tags=tags).id for title, content, tags in texts]
    stats = contexts.SearchStats()
    words = [set(f"{title} {content} {' '.join(tags)}".lower().split()) for title, content, tags in texts]
    assert stats.documents == stats.indexed == 3 and stats.search_language == "simple"
    assert stats.lexemes == sum(map(len, words))
    assert stats.bytes == sum(len((title + content).encode()) for title, content, _ in texts)
    contexts.DeleteContext(id=ids[0])
    contexts.update(ids[1], ["content"])
    stats = contexts.SearchStats()
    assert (stats.documents, stats.indexed, stats.lexemes, stats.bytes) == (2, 2, 2, 8)


def test_a_reindex_streams_its_progress_and_makes_words_of_the_new_language(channel):
    contexts = new_project(channel)
    fill(contexts, 450)
    assert total(contexts, "horse") == 0 and total(contexts, "horses") == 450
    assert speak(contexts, "english").search_language == "english"
    assert contexts.SearchStats().outdated == 450
    begun = contexts.Reindex()
    seen = [begun, *operations.of(contexts).watch(begun)]
    assert [o.done for o in seen] == sorted(o.done for o in seen)
    assert len({o.id for o in seen}) == 1 and all(o.kind == "reindex" for o in seen)
    last = seen[-1]
    assert (last.state, last.done, last.total) == (DONE, 450, 450)
    assert all(o.state == RUNNING and o.total == 450 for o in seen[:-1])
    assert contexts.SearchStats().outdated == 0
    assert total(contexts, "horse") == total(contexts, "run") == 450 and total(contexts, "the") == 0
    assert list(operations.of(contexts).watch(last)) == [last]


def test_a_reindex_survives_the_death_of_the_server(start_server, database):
    server = start_server("--database-url", database.url)
    with server.channel() as channel:
        contexts = new_project(channel)
        fill(contexts, 6_000)
        speak(contexts, "english")
        stream = operations.of(contexts).watch(contexts.Reindex())
        for operation in stream:
            if operation.done >= 200:
                break
        server.kill()
        with pytest.raises(grpc.RpcError):
            list(stream)
    id = operation.id
    before = int(database.value(f"SELECT done FROM operation WHERE operation_id = '{id}' AND state = 'running'"))
    assert 200 <= before < 6_000
    server = start_server("--database-url", database.url)
    with server.channel() as channel:
        contexts = contexts.elsewhere(channel)
        again = contexts.Reindex()
        assert again.id == id and again.done >= before
        last = operations.of(contexts).ended(again)
        assert (last.state, last.done, last.total) == (DONE, 6_000, 6_000)
        assert contexts.SearchStats().outdated == 0 and total(contexts, "horse number17") == 1


def test_a_reindex_goes_on_without_its_caller_and_beside_writers(channel):
    contexts = new_project(channel)
    fill(contexts, 1_000)
    speak(contexts, "english")
    first = contexts.Reindex()
    assert contexts.Reindex().id == first.id
    changed = [context.id for context in contexts.list(page_size=200)[:200]]

    def write():
        for start in range(0, 200, 20):
            contexts.BatchUpdateContexts(atomic=True, requests=[
                {"context": {"id": id, "content": "galloping donkeys"}} for id in reversed(changed[start:start + 20])])

    writers = [threading.Thread(target=write) for _ in range(2)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert operations.of(contexts).ended(first).state == DONE
    assert total(contexts, "donkey") == 200 and total(contexts, "horse") == 800 and contexts.SearchStats().outdated == 0


def test_what_is_missing_in_the_index_is_made_again(channel, module_database):
    contexts = new_project(channel)
    fill(contexts, 20)
    module_database.query(f"DELETE FROM context_text WHERE project_id = '{contexts.project}' AND number % 2 = 0")
    stats = contexts.SearchStats()
    assert stats.documents == 20 and stats.indexed == 10
    assert reindexed(contexts).done == 20
    assert contexts.SearchStats().indexed == 20


def test_a_project_without_contexts(channel):
    contexts = new_project(channel)
    assert reindexed(contexts).state == DONE


def test_unknown_languages(channel):
    contexts = new_project(channel)
    for language in ("klingon", "pg_catalog.english", "English", "'"):
        refusal = refused(speak, contexts, language, code=grpc.StatusCode.INVALID_ARGUMENT, reason="FIELD_INVALID")
        assert set(refusal.fields) == {"project.search_language"}


def test_projects_are_changed_field_by_field(channel):
    contexts = new_project(channel)
    stub = project_pb2_grpc.ProjectServiceStub(channel)

    def update(paths=(), **fields):
        mask = {"update_mask": {"paths": paths}} if paths else {}
        return stub.UpdateProject(
            project_pb2.UpdateProjectRequest(project={"id": contexts.project, **fields}, **mask), timeout=60)

    assert update(title="A name").search_language == "simple"
    assert update(search_language="german").title == "A name"
    assert update(["title"], search_language="french").title == ""
    project = stub.GetProject(project_pb2.GetProjectRequest(id=contexts.project), timeout=60)
    assert (project.title, project.search_language) == ("", "german")
    assert update(["*"]).search_language == "simple"
    invalid = grpc.StatusCode.INVALID_ARGUMENT
    for paths in (["id"], ["nothing"], ["position"]):
        refused(update, paths, code=invalid, reason="FIELD_MASK_INVALID")
    refused(update, code=invalid, reason="FIELD_MASK_INVALID")
    refused(
        stub.UpdateProject, project_pb2.UpdateProjectRequest(project={"id": "nobodys", "title": "x"}),
        code=grpc.StatusCode.NOT_FOUND, reason="PROJECT_NOT_FOUND")
