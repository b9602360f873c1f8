"""Upserts: `allow_missing` of updates and deletions, and creating over a deleted id."""

import concurrent.futures

import grpc
import pytest
from cairn.v1 import context_pb2, template_pb2

from harness.project import Contexts, new_project
from harness.refusals import refused

INVALID, NOT_FOUND, EXISTS, ABORTED = (
    grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.NOT_FOUND, grpc.StatusCode.ALREADY_EXISTS,
    grpc.StatusCode.ABORTED)
REFUSE, UNDELETE, REPLACE = (
    getattr(context_pb2.CreateContextRequest, f"ON_DELETED_{name}") for name in ("REFUSE", "UNDELETE", "REPLACE"))


@pytest.fixture
def elsewhere(start_server, module_database):
    """A second server on the same database."""
    server = start_server("--database-url", module_database.url)
    with server.channel() as channel:
        yield channel


def upsert(contexts, id, etag="", paths=(), **fields):
    mask = {"update_mask": {"paths": paths}} if paths else {}
    return contexts.UpdateContext(
        context=context_pb2.Context(id=id, etag=etag, **fields), allow_missing=True, **mask)


def kinds(contexts, id):
    names = context_pb2.ContextChange.Kind.Name
    return [names(version.kind).removeprefix("KIND_") for version in contexts.ListContextVersions(id=id).versions]


def test_an_update_makes_what_is_missing_and_changes_what_is_there(contexts):
    made = upsert(contexts, "a", title="one", content="text", metadata={"k": 1})
    assert made.version == 1 and made.create_time == made.update_time and made == contexts.GetContext(id="a")
    changed = upsert(contexts, "a", title="two")
    assert (changed.version, changed.title, changed.content) == (2, "two", "text")
    assert kinds(contexts, "a") == ["UPDATED", "CREATED"]


def test_the_mask_counts_for_what_is_there_only(contexts):
    made = upsert(contexts, "a", paths=["title"], title="t", content="all of it", tags=["x"])
    assert (made.content, list(made.tags)) == ("all of it", ["x"])
    changed = upsert(contexts, "a", paths=["title"], title="new", content="not this")
    assert (changed.title, changed.content) == ("new", "all of it")


def test_what_cannot_be_made_can_still_be_changed(contexts):
    refusal = refused(upsert, contexts, "a", status=context_pb2.CONTEXT_STATUS_ARCHIVED, code=INVALID)
    assert list(refusal.fields) == ["context.title"]
    contexts.create(id="a")
    assert upsert(contexts, "a", status=context_pb2.CONTEXT_STATUS_ARCHIVED).version == 2
    refused(upsert, contexts, "", title="t", code=INVALID)


def test_an_etag_asks_for_what_is_there(contexts):
    refused(upsert, contexts, "a", etag="1", title="t", code=NOT_FOUND, reason="CONTEXT_NOT_FOUND")
    created = contexts.create(id="a")
    refused(upsert, contexts, "a", etag="1", title="t", code=ABORTED, reason="ETAG_MISMATCH")
    assert upsert(contexts, "a", etag=created.etag, title="t").version == 2


def test_a_deleted_context_is_not_made_anew_by_an_update(contexts):
    contexts.create(id="a")
    contexts.DeleteContext(id="a")
    refused(upsert, contexts, "a", title="t", code=NOT_FOUND, reason="CONTEXT_DELETED")


def test_items_of_a_batch_are_made_or_changed(contexts):
    contexts.create(id="there", title="old")
    response = contexts.BatchUpdateContexts(request_id="r", requests=[
        {"context": {"id": "there", "title": "new"}, "allow_missing": True},
        {"context": {"id": "missing", "title": "new"}, "allow_missing": True},
        {"context": {"id": "refused", "title": "new"}},
        {"context": {"id": "untitled", "content": "c"}, "allow_missing": True}])
    results = response.results
    assert [result.WhichOneof("outcome") for result in results] == ["context", "context", "error", "error"]
    assert [results[place].context.version for place in (0, 1)] == [2, 1]
    assert [results[place].context.position for place in (0, 1)] == [response.position] * 2
    assert [results[place].error.code for place in (2, 3)] == [NOT_FOUND.value[0], INVALID.value[0]]
    again = contexts.BatchUpdateContexts(request_id="r", requests=[
        {"context": {"id": "there", "title": "new"}, "allow_missing": True},
        {"context": {"id": "missing", "title": "new"}, "allow_missing": True},
        {"context": {"id": "refused", "title": "new"}},
        {"context": {"id": "untitled", "content": "c"}, "allow_missing": True}])
    assert again == response and sorted(contexts.ids()) == ["missing", "there"]


def test_deleting_what_is_not_there_is_well(contexts):
    gone = contexts.DeleteContext(id="a", allow_missing=True, etag="5", request_id="r")
    assert gone == context_pb2.Context(id="a")
    assert contexts.DeleteContext(id="a", allow_missing=True, etag="5", request_id="r") == gone
    contexts.create(id="a")
    assert contexts.DeleteContext(id="a", allow_missing=True).version == 2
    assert contexts.DeleteContext(id="a", allow_missing=True) == context_pb2.Context(id="a")
    refused(contexts.DeleteContext, id="a", code=NOT_FOUND, reason="CONTEXT_DELETED")
    assert kinds(contexts, "a") == ["DELETED", "CREATED"]
    contexts.create(id="b")
    response = contexts.BatchDeleteContexts(
        requests=[{"id": id, "allow_missing": True} for id in ("b", "c")], request_id="batch")
    assert [result.context.id for result in response.results] == ["b", "c"]
    assert [result.context.version for result in response.results] == [2, 0]
    assert response == contexts.BatchDeleteContexts(
        requests=[{"id": id, "allow_missing": True} for id in ("b", "c")], request_id="batch")


def test_creating_over_a_deleted_context_says_what_becomes_of_it(contexts):
    first = contexts.create(id="a", title="one", content="old", tags=["x"])
    contexts.DeleteContext(id="a")
    again = {"context": {"id": "a", "title": "two", "metadata": {"k": 1}}}
    for choice in (0, REFUSE):
        refused(contexts.CreateContext, **again, on_deleted=choice, code=EXISTS, reason="CONTEXT_EXISTS")

    back = contexts.CreateContext(**again, on_deleted=UNDELETE, request_id="u")
    assert (back.version, back.title, back.content, list(back.tags)) == (3, "one", "old", ["x"])
    assert back == contexts.GetContext(id="a") == contexts.CreateContext(**again, on_deleted=UNDELETE, request_id="u")
    for choice in (UNDELETE, REPLACE):
        refused(contexts.CreateContext, **again, on_deleted=choice, code=EXISTS, reason="CONTEXT_EXISTS")

    contexts.DeleteContext(id="a")
    new = contexts.CreateContext(**again, on_deleted=REPLACE, request_id="n")
    assert (new.version, new.title, new.content, list(new.tags)) == (5, "two", "", [])
    assert new.create_time == new.update_time and new.create_time.ToNanoseconds() > first.create_time.ToNanoseconds()
    assert not new.HasField("delete_time") and not new.HasField("purge_time")
    assert new == contexts.GetContext(id="a") == contexts.CreateContext(**again, on_deleted=REPLACE, request_id="n")
    assert contexts.GetContextVersion(id="a", version=1).context.content == "old"
    assert kinds(contexts, "a") == ["UNDELETED", "DELETED", "UNDELETED", "DELETED", "CREATED"]

    fresh = contexts.CreateContext(context={"id": "b", "title": "t"}, on_deleted=REPLACE)
    assert fresh.version == 1 and kinds(contexts, "b") == ["CREATED"]
    refusal = refused(contexts.CreateContext, context={"title": "t"}, on_deleted=UNDELETE, code=INVALID)
    assert list(refusal.fields) == ["on_deleted"]


def test_items_of_a_batch_say_it_each(contexts):
    for id in "ab":
        contexts.create(id=id, title="old")
        contexts.DeleteContext(id=id)
    contexts.create(id="c")
    response = contexts.BatchCreateContexts(requests=[
        {"context": {"id": id, "title": "new"}, "on_deleted": choice}
        for id, choice in (("a", UNDELETE), ("b", REPLACE), ("c", REPLACE), ("d", REFUSE))])
    assert [result.WhichOneof("outcome") for result in response.results] == ["context", "context", "error", "context"]
    assert [contexts.GetContext(id=id).title for id in "abd"] == ["old", "new", "new"]


@pytest.mark.parametrize("fields", [{"allow_missing": True}, {"on_deleted": REPLACE}])
def test_what_is_only_asked_is_not_done(contexts, fields):
    contexts.create(id="gone")
    contexts.DeleteContext(id="gone")
    before = [version.context.version for version in contexts.ListContextVersions(id="gone").versions]
    if "allow_missing" in fields:
        trial = contexts.UpdateContext(context={"id": "new", "title": "t"}, validate_only=True, **fields)
        assert (trial.id, trial.title, trial.version, trial.position) == ("new", "t", 0, 0)
        assert contexts.DeleteContext(id="new", validate_only=True, **fields).id == "new"
    else:
        trial = contexts.CreateContext(context={"id": "gone", "title": "t"}, validate_only=True, **fields)
        assert (trial.title, trial.version) == ("t", 2)
    assert contexts.ids() == []
    assert [version.context.version for version in contexts.ListContextVersions(id="gone").versions] == before


@pytest.mark.parametrize("round", range(3))
def test_many_who_upsert_one_missing_id_all_succeed(channel, elsewhere, round):
    here = new_project(channel)
    there = Contexts(elsewhere, here.project)
    callers = [here, there] * 16
    with concurrent.futures.ThreadPoolExecutor(len(callers)) as pool:
        answers = list(pool.map(
            lambda numbered: upsert(numbered[1], "one", title=f"by {numbered[0]}", content="c"), enumerate(callers)))
    assert sorted(answer.version for answer in answers) == list(range(1, len(callers) + 1))
    assert kinds(here, "one") == ["UPDATED"] * (len(callers) - 1) + ["CREATED"]


def test_many_batches_over_the_same_missing_ids_all_succeed(channel, elsewhere):
    here = new_project(channel)
    callers = [here, Contexts(elsewhere, here.project)] * 6
    ids = [f"c{number}" for number in range(40)]

    def write(numbered):
        number, caller = numbered
        order = ids if number % 4 < 2 else ids[::-1]
        return caller.BatchUpdateContexts(requests=[
            {"context": {"id": id, "title": f"by {number}"}, "allow_missing": True} for id in order])

    with concurrent.futures.ThreadPoolExecutor(len(callers)) as pool:
        for answer in pool.map(write, enumerate(callers)):
            assert all(result.HasField("context") for result in answer.results)
    assert {context.version for context in here.list(page_size=100)} == {len(callers)}


def test_many_who_replace_one_deleted_context_succeed_once(channel, elsewhere):
    here = new_project(channel)
    here.create(id="a")
    here.DeleteContext(id="a")
    callers = [here, Contexts(elsewhere, here.project)] * 8

    def write(caller):
        try:
            return caller.CreateContext(context={"id": "a", "title": "new"}, on_deleted=REPLACE).version
        except grpc.RpcError as error:
            return error.code()

    with concurrent.futures.ThreadPoolExecutor(len(callers)) as pool:
        outcomes = list(pool.map(write, callers))
    assert outcomes.count(3) == 1 and outcomes.count(EXISTS) == len(callers) - 1


class TestTemplates:
    def upsert(self, contexts, id, etag="", **fields):
        return contexts.UpdateTemplate(definition=template_pb2.Template(id=id, etag=etag, **fields), allow_missing=True)

    def test_an_update_makes_what_is_missing_or_deleted(self, contexts):
        refusal = refused(self.upsert, contexts, "t", content="c", code=INVALID)
        assert "definition.title" in refusal.fields
        made = self.upsert(contexts, "t", title="t", context_title="x", content="one")
        assert made.version == 1 and made == contexts.GetTemplate(id="t")
        changed = self.upsert(contexts, "t", content="two")
        assert (changed.version, changed.title, changed.content) == (2, "t", "two")
        contexts.DeleteTemplate(id="t")
        anew = self.upsert(contexts, "t", title="new", context_title="x")
        assert (anew.version, anew.title, anew.content) == (4, "new", "") and anew.create_time == anew.update_time
        refused(self.upsert, contexts, "none", etag="1", title="t", context_title="x", code=NOT_FOUND,
                reason="TEMPLATE_NOT_FOUND")
        refused(self.upsert, contexts, "loop", title="t", context_title="x", content="{{> loop}}", code=INVALID,
                reason="TEMPLATE_LOOP")

    def test_deleting_what_is_not_there_is_well(self, contexts):
        for _ in range(2):
            gone = contexts.DeleteTemplate(id="t", allow_missing=True, request_id="r")
            assert gone == template_pb2.Template(id="t")
        contexts.CreateTemplate(definition={"id": "t", "title": "t", "context_title": "x"})
        assert contexts.DeleteTemplate(id="t", allow_missing=True).version == 2
        assert contexts.DeleteTemplate(id="t", allow_missing=True) == template_pb2.Template(id="t")
        refused(contexts.DeleteTemplate, id="t", code=NOT_FOUND)

    def test_many_who_upsert_one_missing_template_all_succeed(self, channel, elsewhere):
        here = new_project(channel)
        callers = [here, Contexts(elsewhere, here.project)] * 8
        with concurrent.futures.ThreadPoolExecutor(len(callers)) as pool:
            answers = list(pool.map(
                lambda caller: self.upsert(caller, "one", title="t", context_title="x"), callers))
        assert sorted(answer.version for answer in answers) == list(range(1, len(callers) + 1))
