"""Each field of a context round-trips; what is wrong is refused by the name of its field; stale etags abort."""

import uuid

import grpc
import pytest
from cairn.v1 import context_pb2, context_pb2_grpc
from google.protobuf import json_format

from harness.refusals import refused

INVALID = grpc.StatusCode.INVALID_ARGUMENT

FIELDS = {
    "title": "Größe, 尺寸 and 🪨 \u202e reversed",
    "type": context_pb2.CONTEXT_TYPE_MEMORY,
    "status": context_pb2.CONTEXT_STATUS_DRAFT,
    "content": "line one\r\nline two\t\u2028 end \U0010ffff",
    "data": bytes(range(256)),
    "media_type": 'text/markdown; charset="utf-8"',
    "owner": "agent-7",
    "session": "session/2024-05",
    "tags": ["b", "a", "ä b", "{x,y}", '"quoted"', "NULL", "\\back"],
    "metadata": {
        "text": "a\u0001b", "number": 0.1, "big": 1e300, "tiny": 5e-324, "negative": -12345.678, "yes": True,
        "nothing": None, "list": [1, "two", [], {}], "object": {"inner": {"deeper": [False]}}, "": "empty key",
        "dotted.key": 1,
    },
}


def test_x1_every_field_round_trips(contexts):
    created = contexts.create(id="all-fields", **FIELDS)
    for context in (created, contexts.GetContext(id="all-fields"), *contexts.list()):
        assert context.id == "all-fields"
        for name in ("title", "type", "status", "content", "data", "media_type", "owner", "session"):
            assert getattr(context, name) == FIELDS[name], name
        assert list(context.tags) == FIELDS["tags"]
        assert json_format.MessageToDict(context.metadata) == FIELDS["metadata"]
        assert context.version == 1 and context.etag == str(context.position) and context.position > 0
        assert context.create_time == context.update_time and context.create_time.seconds > 1_600_000_000
        assert not context.HasField("delete_time")
        assert context == created


def test_x1_defaults_are_note_active_and_a_server_made_uuid(contexts):
    created = contexts.create()
    assert uuid.UUID(created.id).version == 7
    assert created.type == context_pb2.CONTEXT_TYPE_NOTE
    assert created.status == context_pb2.CONTEXT_STATUS_ACTIVE
    assert not created.HasField("metadata")
    assert contexts.GetContext(id=created.id) == created


def test_x1_empty_metadata_are_kept_apart_from_none(contexts):
    created = contexts.create(metadata={})
    assert created.HasField("metadata")
    assert contexts.GetContext(id=created.id).HasField("metadata")


def test_x1_output_only_fields_of_a_request_are_ignored(contexts):
    created = contexts.create(version=17, etag="x", position=99, create_time={"seconds": 1}, delete_time={"seconds": 1})
    assert created.version == 1 and created.etag != "x" and not created.HasField("delete_time")
    assert created.create_time.seconds > 1


@pytest.mark.parametrize("id", ["a", "docs/read me.md", "ü" * 128, "..", "a`b'c\"d", "x" * 128])
def test_x1_ids_of_the_clients_own_choice(contexts, id):
    contexts.create(id=id)
    assert contexts.GetContext(id=id).id == id
    assert contexts.ids() == [id]
    refused(contexts.create, id=id, code=grpc.StatusCode.ALREADY_EXISTS, reason="CONTEXT_EXISTS")


@pytest.mark.parametrize("fields, wrong", [
    ({"title": ""}, ["context.title"]),
    ({"title": " \t\u3000\n"}, ["context.title"]),
    ({"title": "x" * 1025}, ["context.title"]),
    ({"title": "a\0b"}, ["context.title"]),
    ({"id": "x" * 129}, ["context.id"]),
    ({"id": "a\nb"}, ["context.id"]),
    ({"type": 99}, ["context.type"]),
    ({"status": -1}, ["context.status"]),
    ({"content": "x" * 1_048_577}, ["context.content"]),
    ({"content": "x" * 1_000_000, "data": b"x" * 48_577}, ["context.content"]),
    ({"content": "a\0"}, ["context.content"]),
    ({"media_type": "markdown"}, ["context.media_type"]),
    ({"media_type": "text/" + "x" * 255}, ["context.media_type"]),
    ({"owner": "x" * 129}, ["context.owner"]),
    ({"session": "\x7f"}, ["context.session"]),
    ({"tags": [f"t{n}" for n in range(65)]}, ["context.tags"]),
    ({"tags": ["ok", "", "ok", "x" * 129]}, ["context.tags[1]", "context.tags[2]", "context.tags[3]"]),
    ({"metadata": {"a": float("nan")}}, ["context.metadata.a"]),
    ({"metadata": {"a": [1, float("inf")]}}, ["context.metadata.a[1]"]),
    ({"metadata": {"a": "\0"}}, ["context.metadata.a"]),
    ({"metadata": {"a\0": 1}}, ["context.metadata"]),
    ({"metadata": {"a": "x" * 65_536}}, ["context.metadata"]),
    ({"title": "", "type": 99, "owner": "\n", "tags": [""]},
     ["context.title", "context.type", "context.owner", "context.tags[0]"]),
])
def test_x1_every_wrong_field_is_named_at_once(contexts, fields, wrong):
    refusal = refused(contexts.create, **fields, code=INVALID, reason="FIELD_INVALID")
    assert list(refusal.fields) == wrong
    assert wrong[0] in refusal.message
    assert contexts.list() == []


def test_x1_a_missing_context_is_refused_by_name(contexts):
    assert list(refused(contexts.CreateContext, code=INVALID, reason="FIELD_INVALID").fields) == ["context"]


def test_x1_metadata_deeper_than_allowed_are_refused(contexts):
    def nested(levels):
        metadata = {"end": 1}
        for _ in range(levels - 1):
            metadata = {"k": metadata}
        return metadata

    assert contexts.create(metadata=nested(32)).version == 1
    refused(contexts.create, metadata=nested(33), code=INVALID, reason="FIELD_INVALID")


@pytest.mark.parametrize("fields", [
    {"title": "ü" * 1024}, {"content": "x" * 1_048_576}, {"data": b"\0" * 1_048_576},
    {"content": "ü" * 262_144, "data": b"x" * 524_288}, {"tags": [f"{n:0128}" for n in range(64)]},
    {"metadata": {"a": "x" * 65_000}},
])
def test_x1_the_largest_values_allowed_round_trip(contexts, fields):
    created = contexts.create(**fields)
    assert contexts.GetContext(id=created.id) == created
    for name, value in fields.items():
        if name not in ("metadata", "tags"):
            assert getattr(created, name) == value


def test_x1_the_basic_view_leaves_out_content_and_data(contexts):
    created = contexts.create(content="text", data=b"bytes", tags=["t"], metadata={"k": 1})
    basic = context_pb2.Context()
    basic.CopyFrom(created)
    basic.ClearField("content")
    basic.ClearField("data")
    view = context_pb2.CONTEXT_VIEW_BASIC
    assert contexts.GetContext(id=created.id, view=view) == basic
    assert contexts.list(view=view) == [basic]
    assert contexts.BatchGetContexts(ids=[created.id], view=view).results[0].context == basic
    assert list(refused(contexts.GetContext, id="x", view=7, code=INVALID).fields) == ["view"]


def test_x1_an_unknown_id_is_not_found(contexts):
    refusal = refused(contexts.GetContext, id="nobody", code=grpc.StatusCode.NOT_FOUND, reason="CONTEXT_NOT_FOUND")
    assert refusal.metadata == {"id": "nobody"} and "nobody" in refusal.message
    refused(contexts.update, "nobody", title="t", code=grpc.StatusCode.NOT_FOUND, reason="CONTEXT_NOT_FOUND")
    refused(contexts.DeleteContext, id="nobody", code=grpc.StatusCode.NOT_FOUND, reason="CONTEXT_NOT_FOUND")
    assert list(refused(contexts.GetContext, code=INVALID).fields) == ["id"]


class TestUpdate:
    """UpdateContext with masks and etags."""

    def test_x1_only_the_named_fields_change(self, contexts):
        before = contexts.create(id="u", **FIELDS)
        after = contexts.update("u", ["title", "tags"], title="new", tags=["z"], content="ignored")
        assert (after.title, list(after.tags)) == ("new", ["z"])
        assert after.version == 2 and after.position > before.position and after.etag != before.etag
        assert after.create_time == before.create_time
        assert after.update_time.ToNanoseconds() >= before.update_time.ToNanoseconds()
        for name in ("type", "status", "content", "data", "media_type", "owner", "session", "metadata"):
            assert getattr(after, name) == getattr(before, name), name
        assert contexts.GetContext(id="u") == after

    @pytest.mark.parametrize("name", [
        "title", "type", "status", "content", "data", "media_type", "owner", "session", "tags", "metadata"])
    def test_x1_each_field_can_be_changed_alone(self, contexts, name):
        contexts.create(id="u")
        after = contexts.update("u", [name], **{**FIELDS, "title": FIELDS["title"]})
        expected = context_pb2.Context(**{name: FIELDS[name]})
        assert getattr(after, name) == getattr(expected, name)
        assert contexts.GetContext(id="u") == after

    def test_x1_without_a_mask_the_fields_that_have_a_value_change(self, contexts):
        contexts.create(id="u", content="old", owner="o")
        after = contexts.update("u", content="new")
        assert (after.title, after.content, after.owner) == ("a title", "new", "o")

    def test_x1_a_named_field_without_a_value_is_cleared(self, contexts):
        contexts.create(id="u", **FIELDS)
        paths = ["content", "data", "media_type", "owner", "session", "tags", "metadata", "type", "memory", "status"]
        after = contexts.update("u", paths)
        assert after.type == context_pb2.CONTEXT_TYPE_NOTE and after.status == context_pb2.CONTEXT_STATUS_ACTIVE
        assert (after.content, after.data, after.media_type, after.owner, after.session) == ("", b"", "", "", "")
        assert not after.tags and not after.HasField("metadata")
        assert contexts.GetContext(id="u") == after

    def test_x1_a_star_replaces_everything(self, contexts):
        contexts.create(id="u", **FIELDS)
        after = contexts.update("u", ["*"], title="only this")
        assert after.title == "only this" and after.content == "" and not after.tags
        refusal = refused(contexts.update, "u", ["*"], content="no title", code=INVALID, reason="FIELD_INVALID")
        assert list(refusal.fields) == ["context.title"]

    def test_x1_single_entries_of_the_metadata_change(self, contexts):
        contexts.create(id="u", metadata={"a": 1, "b": {"x": 1, "y": 2}, "c": 3, "d.e": 4})
        paths = ["metadata.a", "metadata.b.x", "metadata.c", "metadata.`d.e`", "metadata.new.deep"]
        after = contexts.update("u", paths, metadata={"a": "A", "b": {"x": [9], "z": 0}, "d.e": 5, "new": {"deep": 1}})
        expected = {"a": "A", "b": {"x": [9.0], "y": 2.0}, "d.e": 5.0, "new": {"deep": 1.0}}
        assert json_format.MessageToDict(after.metadata) == expected
        assert contexts.GetContext(id="u") == after

    @pytest.mark.parametrize("paths", [
        ["metadata", "metadata.x"], ["metadata.x", "metadata"], ["metadata.x", "metadata.x.y"],
        ["metadata.x.y", "metadata.x"], ["title", "title"], ["metadata.x", "metadata.x"], ["*", "title"],
        ["title", "*"], ["nonsense"], ["Title"], ["title.x"], ["tags.0"], ["id"], ["version"], ["etag"],
        ["create_time"], ["position"], [""], ["metadata."], ["metadata.a..b"], ["metadata.`open"], ["metadata.a b"],
    ])
    def test_x1_a_wrong_mask_is_refused(self, contexts, paths):
        contexts.create(id="u")
        fields = {"title": "new", "metadata": {"x": {"y": 1}}}
        refusal = refused(contexts.update, "u", paths, **fields, code=INVALID, reason="FIELD_MASK_INVALID")
        assert list(refusal.fields) == ["update_mask"]
        assert contexts.GetContext(id="u").version == 1

    def test_x1_an_update_of_nothing_is_refused(self, contexts):
        contexts.create(id="u")
        refused(contexts.update, "u", code=INVALID, reason="FIELD_MASK_INVALID")

    def test_x1_only_the_values_that_are_to_change_are_checked(self, contexts):
        contexts.create(id="u")
        assert contexts.update("u", ["owner"], owner="o", title="", tags=[""]).owner == "o"
        refusal = refused(
            contexts.update, "u", ["title", "tags", "type"], tags=[""], type=99, code=INVALID, reason="FIELD_INVALID")
        assert list(refusal.fields) == ["context.title", "context.type", "context.tags[0]"]

    def test_x1_content_and_data_stay_within_the_limit_together(self, contexts):
        contexts.create(id="u", data=b"x" * 1_000_000)
        refusal = refused(contexts.update, "u", content="x" * 48_577, code=INVALID, reason="FIELD_INVALID")
        assert list(refusal.fields) == ["context.content"]
        assert contexts.update("u", content="x" * 48_576).version == 2
        assert contexts.update("u", ["content", "data"], content="x" * 1_048_576).version == 3

    def test_x1_metadata_stay_within_the_limit_when_entries_are_added(self, contexts):
        contexts.create(id="u", metadata={"a": "x" * 60_000})
        refusal = refused(
            contexts.update, "u", ["metadata.b"], metadata={"b": "x" * 6_000}, code=INVALID, reason="FIELD_INVALID")
        assert list(refusal.fields) == ["context.metadata"]

    def test_x1_a_stale_etag_aborts(self, contexts):
        first = contexts.create(id="u")
        second = contexts.update("u", title="second", etag=first.etag)
        for etag in (first.etag, "nonsense", "-1"):
            refusal = refused(
                contexts.update, "u", title="third", etag=etag, code=grpc.StatusCode.ABORTED, reason="ETAG_MISMATCH")
            assert refusal.metadata == {"id": "u", "etag": second.etag}
        refused(contexts.DeleteContext, id="u", etag=first.etag, code=grpc.StatusCode.ABORTED, reason="ETAG_MISMATCH")
        assert contexts.GetContext(id="u") == second

    def test_x1_of_two_updates_with_the_same_etag_one_wins(self, contexts):
        etag = contexts.create(id="u").etag
        stub = context_pb2_grpc.ContextServiceStub(contexts.channel)
        request = [
            context_pb2.UpdateContextRequest(context=context_pb2.Context(id="u", title=f"t{n}", etag=etag))
            for n in range(20)]
        calls = [stub.UpdateContext.future(each, metadata=contexts.metadata, timeout=60) for each in request]
        codes = [call.code() for call in calls]
        assert codes.count(grpc.StatusCode.OK) == 1
        assert codes.count(grpc.StatusCode.ABORTED) == 19

    def test_x1_validate_only_checks_everything_and_writes_nothing(self, contexts):
        planned = contexts.CreateContext(context=context_pb2.Context(id="u", title="t"), validate_only=True)
        assert planned.title == "t" and planned.position == 0
        refused(contexts.GetContext, id="u", code=grpc.StatusCode.NOT_FOUND)
        created = contexts.create(id="u")
        refused(
            contexts.CreateContext, context=context_pb2.Context(id="u", title="t"), validate_only=True,
            code=grpc.StatusCode.ALREADY_EXISTS, reason="CONTEXT_EXISTS")
        planned = contexts.UpdateContext(context=context_pb2.Context(id="u", title="new"), validate_only=True)
        assert planned.title == "new"
        refused(
            contexts.UpdateContext, context=context_pb2.Context(id="u", title="new", etag="0"), validate_only=True,
            code=grpc.StatusCode.ABORTED, reason="ETAG_MISMATCH")
        assert contexts.DeleteContext(id="u", validate_only=True).id == "u"
        refused(contexts.UndeleteContext, id="u", validate_only=True, code=grpc.StatusCode.ALREADY_EXISTS)
        assert contexts.GetContext(id="u") == created
