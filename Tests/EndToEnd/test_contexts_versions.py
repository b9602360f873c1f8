"""Versions: what a context was, who made it so, what changed in between, and the way back."""

import random

import grpc
import pytest
from cairn.v1 import context_pb2, version_pb2
from google.protobuf import json_format

from harness.project import new_project
from harness.refusals import refused

INVALID, NOT_FOUND, ABORTED = grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.NOT_FOUND, grpc.StatusCode.ABORTED
BASIC = context_pb2.CONTEXT_VIEW_BASIC
CHANGE, LINE = context_pb2.ContextChange, version_pb2.LineDiff.Line


def versions(contexts, **fields):
    token, found = "", []
    while True:
        page = contexts.ListContextVersions(page_token=token, **fields)
        found += page.versions
        token = page.next_page_token
        if not token:
            return found


def basic(context):
    result = context_pb2.Context()
    result.CopyFrom(context)
    result.content, result.data = "", b""
    return result


def test_every_version_is_listed_newest_first_with_its_maker(channel):
    plain = new_project(channel)
    acting = type(plain)(channel, plain.project, agent="agent-1", session="session-1", task="task-1", principal="ann")
    made = [plain.create(id="x", content="c1"), acting.update("x", title="two"), plain.DeleteContext(id="x")]
    made += [plain.UndeleteContext(id="x"), plain.RestoreContextVersion(id="x", version=1)]
    for size in (1, 2, 5, 50):
        found = versions(plain, id="x", page_size=size)
        assert [version.context for version in found] == made[::-1]
    assert [version.context for version in versions(plain, id="x", view=BASIC)] == [basic(c) for c in made[::-1]]
    kinds = [CHANGE.KIND_RESTORED, CHANGE.KIND_UNDELETED, CHANGE.KIND_DELETED, CHANGE.KIND_UPDATED, CHANGE.KIND_CREATED]
    assert [version.kind for version in found] == kinds
    assert [version.provenance.time for version in found] == [context.update_time for context in made[::-1]]
    second = found[3].provenance
    assert (second.principal, second.agent, second.session, second.task) == ("ann", "agent-1", "session-1", "task-1")
    assert second.operation == "cairn.v1.ContextService/UpdateContext"
    assert found[4].provenance.agent == ""
    for version in found:
        number = version.context.version
        assert plain.GetContextVersion(id="x", version=number) == version
        assert plain.GetContextVersion(id="x", version=number, view=BASIC).context == basic(version.context)
    assert plain.GetContextVersion(id="x") == found[0]


def test_versions_written_in_one_batch_have_the_right_change(contexts):
    ids = [f"c{n}" for n in range(20)]
    contexts.BatchCreateContexts(requests=[{"context": {"id": id, "title": "t"}} for id in ids])
    contexts.BatchUpdateContexts(requests=[{"context": {"id": id, "title": "u"}} for id in ids])
    for id in ids:
        found = versions(contexts, id=id)
        assert [version.kind for version in found] == [CHANGE.KIND_UPDATED, CHANGE.KIND_CREATED]
        assert {version.context.id for version in found} == {id}


def test_versions_of_a_deleted_context_are_there(contexts):
    contexts.create(id="x")
    contexts.DeleteContext(id="x")
    assert len(versions(contexts, id="x")) == 2
    assert contexts.GetContextVersion(id="x", version=1).context.version == 1


def test_pages_of_versions_stay_small_and_right_while_others_write(contexts):
    contexts.create(id="x", content="0" * 1_000_000)
    for n in range(1, 7):
        contexts.update("x", content=str(n) * 1_000_000)
    token, seen = "", []
    while True:
        page = contexts.ListContextVersions(id="x", page_size=1000, page_token=token)
        assert page.versions and page.ByteSize() < 4_000_000
        seen += [version.context.content[0] for version in page.versions]
        contexts.update("x", title="later")
        token = page.next_page_token
        if not token:
            break
    assert seen == ["6", "5", "4", "3", "2", "1", "0"]


@pytest.mark.parametrize("call, fields", [
    ("GetContextVersion", {"version": 3}), ("DiffContextVersions", {"to_version": 3}),
    ("DiffContextVersions", {"from_version": 3}), ("RestoreContextVersion", {"version": 3}),
])
def test_a_version_that_is_not_there_is_not_found(contexts, call, fields):
    contexts.create(id="x")
    contexts.update("x", title="two")
    refusal = refused(getattr(contexts, call), id="x", **fields, code=NOT_FOUND, reason="CONTEXT_VERSION_NOT_FOUND")
    assert refusal.metadata == {"id": "x", "version": "3"}


def test_a_context_that_is_not_there_has_no_versions(contexts, channel):
    new_project(channel).create(id="x")
    for call, fields in (
            ("ListContextVersions", {}), ("GetContextVersion", {"version": 1}), ("DiffContextVersions", {}),
            ("RestoreContextVersion", {"version": 1}), ("RestoreContextVersion", {"version": 1, "validate_only": True})):
        refused(getattr(contexts, call), id="x", **fields, code=NOT_FOUND, reason="CONTEXT_NOT_FOUND")


@pytest.mark.parametrize("call, fields, wrong", [
    ("ListContextVersions", {"id": "", "page_size": -1, "view": 9}, ["id", "page_size", "view"]),
    ("GetContextVersion", {"id": "a\0", "version": -1}, ["id", "version"]),
    ("DiffContextVersions", {"id": "x", "from_version": -1, "to_version": -2}, ["from_version", "to_version"]),
    ("RestoreContextVersion", {"id": "", "version": 0, "request_id": "x" * 129}, ["id", "version", "request_id"]),
])
def test_a_wrong_request_is_refused(contexts, call, fields, wrong):
    assert list(refused(getattr(contexts, call), **fields, code=INVALID, reason="FIELD_INVALID").fields) == wrong


def test_a_page_token_of_another_context_is_refused(contexts):
    for id in ("x", "y"):
        contexts.create(id=id)
        contexts.update(id, title="two")
    token = contexts.ListContextVersions(id="x", page_size=1).next_page_token
    refused(contexts.ListContextVersions, id="y", page_token=token, code=INVALID, reason="PAGE_TOKEN_INVALID")


# Differences.


def differences(diff):
    value = lambda entry, name: json_format.MessageToDict(getattr(entry, name)) if entry.HasField(name) else None
    return {entry.path: (value(entry, "from_value"), value(entry, "to_value")) for entry in diff.fields}


def test_a_difference_names_each_field_and_entry(contexts):
    contexts.create(
        id="x", title="one", tags=["a", "b"], metadata={"keep": 1, "drop": True, "deep": {"a": 1, "b": [1]}})
    contexts.update(
        "x", ["title", "status", "owner", "tags", "metadata"], title="two", owner="ann", tags=["b", "c"],
        status=context_pb2.CONTEXT_STATUS_DRAFT,
        metadata={"keep": 1, "new key": None, "deep": {"a": 2, "b": [1], "c": {}}, "x": "y"})
    diff = contexts.DiffContextVersions(id="x")
    assert differences(diff) == {
        "title": ("one", "two"), "status": ("CONTEXT_STATUS_ACTIVE", "CONTEXT_STATUS_DRAFT"), "owner": (None, "ann"),
        "tags": (["a", "b"], ["b", "c"]), "metadata.deep.a": (1, 2), "metadata.deep.c": (None, {}),
        "metadata.drop": (True, None), "metadata.`new key`": (None, None), "metadata.x": (None, "y")}
    assert [entry.path for entry in diff.fields][:4] == ["title", "status", "owner", "tags"]
    assert (diff.from_version.context.version, diff.to_version.context.version) == (1, 2)
    assert diff.from_version.provenance.HasField("time") and diff.to_version.kind == CHANGE.KIND_UPDATED
    assert not diff.HasField("content") and not diff.data_differs
    back = contexts.DiffContextVersions(id="x", from_version=2, to_version=1)
    assert differences(back) == {path: (to, old) for path, (old, to) in differences(diff).items()}
    same = contexts.DiffContextVersions(id="x", from_version=2, to_version=2)
    assert not same.fields and not same.HasField("content")


def test_a_difference_of_the_first_version_is_all_of_it(contexts):
    contexts.create(id="x", title="one", content="a\nb", data=b"12", metadata={"k": 1})
    diff = contexts.DiffContextVersions(id="x")
    assert not diff.HasField("from_version") and diff.to_version.context.version == 1
    assert differences(diff) == {
        "title": (None, "one"), "type": (None, "CONTEXT_TYPE_NOTE"), "status": (None, "CONTEXT_STATUS_ACTIVE"),
        "metadata.k": (None, 1)}
    assert (diff.data_differs, diff.from_data_bytes, diff.to_data_bytes) == (True, 0, 2)
    assert (diff.content.removed_lines, diff.content.added_lines) == (1, 2)


def applied(old, diff):
    """The text that a diff makes of another; checks every line on the way."""
    lines, result, at = old.split("\n"), [], 0
    for hunk in diff.hunks:
        start = hunk.from_line - (1 if hunk.from_count else 0)
        result += lines[at:start]
        assert len(result) == hunk.to_line - (1 if hunk.to_count else 0)
        at = start
        for line in hunk.lines:
            if line.kind in (LINE.KIND_EQUAL, LINE.KIND_REMOVED):
                assert lines[at] == line.text
                at += 1
            if line.kind in (LINE.KIND_EQUAL, LINE.KIND_ADDED):
                result.append(line.text)
        assert at - start == hunk.from_count
    return "\n".join(result + lines[at:])


@pytest.mark.parametrize("seed", range(10))
def test_a_difference_of_contents_leads_from_one_to_the_other(contexts, seed):
    dice = random.Random(seed)
    text = [f"line {dice.randrange(30)}" for _ in range(dice.randrange(200))]
    contexts.create(id="x", content="\n".join(text))
    for _ in range(5):
        old = "\n".join(text)
        for _ in range(dice.randrange(1, 15)):
            at = dice.randrange(len(text) + 1)
            text[at:at + dice.randrange(3)] = [f"line {dice.randrange(30)}" for _ in range(dice.randrange(3))]
        new = "\n".join(text)
        contexts.update("x", ["content"], content=new)
        diff = contexts.DiffContextVersions(id="x")
        assert diff.HasField("content") == (old != new)
        assert applied(old, diff.content) == new
        assert not diff.content.coarse and not diff.content.truncated


def test_a_difference_of_large_contents_is_bounded(contexts):
    old, new = ("\n".join(f"{side} {n}" for n in range(90_000)) for side in "ab")
    assert len(old) > 600_000
    contexts.create(id="x", content=f"first\n{old}\nlast")
    contexts.update("x", content=f"first\n{new}\nlast")
    diff = contexts.DiffContextVersions(id="x")
    assert diff.ByteSize() < 4_000_000
    assert diff.content.coarse and diff.content.truncated
    assert (diff.content.removed_lines, diff.content.added_lines) == (90_000, 90_000)
    assert sum(len(hunk.lines) for hunk in diff.content.hunks) == 20_000


# The way back.


def test_a_restored_version_is_a_new_one_with_the_old_values(contexts):
    first = contexts.create(
        id="x", title="one", content="c", data=b"d", media_type="text/plain", owner="ann", session="s", tags=["t"],
        metadata={"k": 1}, type=context_pb2.CONTEXT_TYPE_PLAN, status=context_pb2.CONTEXT_STATUS_DRAFT)
    contexts.update("x", ["*"], title="two")
    planned = contexts.RestoreContextVersion(id="x", version=1, validate_only=True)
    assert (planned.title, planned.version, planned.content) == ("one", 2, "c")
    assert contexts.GetContext(id="x").title == "two"
    restored = contexts.RestoreContextVersion(id="x", version=1)
    assert restored.version == 3 and restored.position > first.position
    for name in ("title", "content", "data", "media_type", "owner", "session", "tags", "metadata", "type", "status"):
        assert getattr(restored, name) == getattr(first, name) == getattr(planned, name), name
    assert restored.create_time == first.create_time
    assert restored.update_time.ToNanoseconds() > first.update_time.ToNanoseconds()
    assert contexts.GetContext(id="x") == restored
    again = contexts.RestoreContextVersion(id="x", version=3)
    assert again.version == 4 and again.title == "one"


def test_restoring_minds_etags_and_deletion(contexts):
    created = contexts.create(id="x")
    etag = contexts.update("x", title="two").etag
    refused(contexts.RestoreContextVersion, id="x", version=1, etag=created.etag, code=ABORTED, reason="ETAG_MISMATCH")
    assert contexts.RestoreContextVersion(id="x", version=1, etag=etag).version == 3
    contexts.DeleteContext(id="x")
    for only in (False, True):
        refused(
            contexts.RestoreContextVersion, id="x", version=1, validate_only=only, code=NOT_FOUND,
            reason="CONTEXT_DELETED")
    contexts.UndeleteContext(id="x")
    assert not contexts.RestoreContextVersion(id="x", version=4).HasField("delete_time")


def test_a_repeated_restoration_is_one(contexts):
    contexts.create(id="x")
    contexts.update("x", title="two")
    first = contexts.RestoreContextVersion(id="x", version=1, request_id="r")
    contexts.update("x", title="four")
    assert contexts.RestoreContextVersion(id="x", version=1, request_id="r") == first
    assert contexts.GetContext(id="x").version == 4
    refused(
        contexts.RestoreContextVersion, id="x", version=2, request_id="r", code=INVALID, reason="REQUEST_ID_REUSED")


def test_a_restoration_is_a_change_of_its_own_kind(contexts):
    contexts.create(id="x")
    contexts.update("x", title="two")
    contexts.RestoreContextVersion(id="x", version=1)
    watcher = contexts.watch(after_position=0).caught_up()
    assert [change.kind for change in watcher.changes] == [
        CHANGE.KIND_CREATED, CHANGE.KIND_UPDATED, CHANGE.KIND_RESTORED]
    assert watcher.changes[2].context.title == "a title" and watcher.changes[2].old_version == 2
    watcher.close()
