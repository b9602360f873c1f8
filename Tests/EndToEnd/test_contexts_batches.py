"""Batches with a status for each item, or all or none."""

import grpc
import pytest
from cairn.v1 import context_pb2, context_pb2_grpc
from google.rpc import error_details_pb2

from harness.refusals import refused

OK, INVALID, NOT_FOUND, EXISTS, ABORTED, EXHAUSTED = 0, 3, 5, 6, 10, 8


def creation(**fields):
    return context_pb2.CreateContextRequest(context=context_pb2.Context(**fields))


def update(paths=(), **fields):
    request = context_pb2.UpdateContextRequest(context=context_pb2.Context(**fields))
    request.update_mask.paths.extend(paths)
    return request


def codes(response):
    return [result.error.code if result.WhichOneof("outcome") == "error" else OK for result in response.results]


def reason(result):
    for detail in result.error.details:
        info = error_details_pb2.ErrorInfo()
        if detail.Unpack(info):
            return info.reason
    return None


def test_x12_one_bad_item_of_a_thousand_leaves_999(contexts):
    requests = [creation(id=f"c{n:04}", title=f"title {n}" if n != 417 else "", content=str(n)) for n in range(1000)]
    response = contexts.BatchCreateContexts(requests=requests)
    assert codes(response) == [INVALID if n == 417 else OK for n in range(1000)]
    bad = error_details_pb2.BadRequest()
    assert any(detail.Unpack(bad) for detail in response.results[417].error.details)
    assert [violation.field for violation in bad.field_violations] == ["context.title"]
    assert reason(response.results[417]) == "FIELD_INVALID"
    positions = {result.context.position for n, result in enumerate(response.results) if n != 417}
    assert positions == {response.position}
    listed = contexts.list(order_by="id", page_size=1000)
    assert [context.id for context in listed] == [f"c{n:04}" for n in range(1000) if n != 417]
    assert all(context.content == context.title.removeprefix("title ") for context in listed)


def test_x12_one_bad_item_of_a_thousand_leaves_none_when_atomic(contexts):
    requests = [creation(title="" if n in (417, 900) else "t", type=77 if n == 900 else 0) for n in range(1000)]
    refusal = refused(
        contexts.BatchCreateContexts, requests=requests, atomic=True, code=grpc.StatusCode.INVALID_ARGUMENT,
        reason="FIELD_INVALID")
    assert list(refusal.fields) == [
        "requests[417].context.title", "requests[900].context.title", "requests[900].context.type"]
    assert refusal.metadata["index"] == "417" and refusal.metadata["failed"] == "2"
    assert contexts.list() == []


def test_x12_a_taken_id_fails_its_item_or_all(contexts):
    contexts.create(id="taken")
    requests = [creation(id=id, title="t") for id in ("a", "taken", "b")]
    refusal = refused(
        contexts.BatchCreateContexts, requests=requests, atomic=True, code=grpc.StatusCode.ALREADY_EXISTS,
        reason="CONTEXT_EXISTS")
    assert refusal.metadata["index"] == "1" and refusal.metadata["id"] == "taken"
    assert contexts.ids() == ["taken"]
    response = contexts.BatchCreateContexts(requests=requests)
    assert codes(response) == [OK, EXISTS, OK]
    assert reason(response.results[1]) == "CONTEXT_EXISTS"
    assert contexts.ids(order_by="id") == ["a", "b", "taken"]


def test_x12_an_id_named_twice_fails_the_second(contexts):
    response = contexts.BatchCreateContexts(
        requests=[creation(id="x", title="first"), creation(id="x", title="second"), creation(title="third")])
    assert codes(response) == [OK, INVALID, OK]
    assert reason(response.results[1]) == "DUPLICATE_IN_BATCH"
    assert contexts.GetContext(id="x").title == "first"


def test_x12_results_of_writes_carry_all_but_content_and_data(contexts):
    response = contexts.BatchCreateContexts(requests=[creation(id="x", title="t", content="c", data=b"d", tags=["k"])])
    stored = contexts.GetContext(id="x")
    assert (stored.content, stored.data) == ("c", b"d")
    assert response.results[0].context == contexts.GetContext(id="x", view=context_pb2.CONTEXT_VIEW_BASIC)
    assert response.position == stored.position


def test_x12_batch_get_answers_in_the_order_asked_for(contexts):
    for id in "abc":
        contexts.create(id=id, content=id)
    contexts.DeleteContext(id="b")
    response = contexts.BatchGetContexts(ids=["c", "nobody", "a", "b", "c", "", "x" * 129])
    assert codes(response) == [OK, NOT_FOUND, OK, NOT_FOUND, OK, INVALID, INVALID]
    assert [result.context.content for result in response.results[:5]] == ["c", "", "a", "", "c"]
    assert [reason(response.results[n]) for n in (1, 3)] == ["CONTEXT_NOT_FOUND", "CONTEXT_DELETED"]


def test_x12_batch_get_of_a_thousand(contexts):
    contexts.BatchCreateContexts(requests=[creation(id=f"c{n}", title=str(n)) for n in range(1000)])
    response = contexts.BatchGetContexts(ids=[f"c{n}" for n in reversed(range(1000))])
    assert [result.context.title for result in response.results] == [str(n) for n in reversed(range(1000))]


def test_x12_a_batch_get_ends_before_stock_clients_refuse_it(contexts):
    for n in range(6):
        contexts.create(id=f"big{n}", content="x" * 1_000_000)
    ids = [f"big{n}" for n in range(6)]
    seen = []
    while ids:
        response = contexts.BatchGetContexts(ids=ids)
        assert response.ByteSize() < 4 << 20
        done = [result.context.id for result in response.results if result.WhichOneof("outcome") == "context"]
        assert done, "progress"
        full = [result for result in response.results if result.WhichOneof("outcome") == "error"]
        assert all((result.error.code, reason(result)) == (EXHAUSTED, "RESPONSE_FULL") for result in full)
        seen += done
        ids = ids[len(done):]
    assert seen == [f"big{n}" for n in range(6)]


def test_x12_batch_update_with_masks_and_etags(contexts):
    made = {id: contexts.create(id=id, content="old", metadata={"n": 1, "m": 2}) for id in "abcd"}
    contexts.DeleteContext(id="d")
    requests = [
        update(id="a", title="A"),
        update(["metadata.n", "content"], id="b", content="new", metadata={"n": 5}),
        update(id="c", title="C", etag="0"),
        update(id="d", title="D"),
        update(id="nobody", title="N"),
        update(["nonsense"], id="e", title="E"),
        update(id="a", title="again"),
    ]
    response = contexts.BatchUpdateContexts(requests=requests)
    assert codes(response) == [OK, OK, ABORTED, NOT_FOUND, NOT_FOUND, INVALID, INVALID]
    assert [reason(result) for result in response.results[2:]] == [
        "ETAG_MISMATCH", "CONTEXT_DELETED", "CONTEXT_NOT_FOUND", "FIELD_MASK_INVALID", "DUPLICATE_IN_BATCH"]
    a, b, c = (contexts.GetContext(id=id) for id in "abc")
    assert (a.title, a.content, a.version) == ("A", "old", 2)
    assert (b.content, b.metadata["n"], b.metadata["m"], b.version) == ("new", 5, 2, 2)
    assert c == made["c"]
    assert a.position == b.position == response.position > made["d"].position

    refused(
        contexts.BatchUpdateContexts, atomic=True,
        requests=[update(id="a", title="no"), update(id="c", title="no", etag="0")],
        code=grpc.StatusCode.ABORTED, reason="ETAG_MISMATCH")
    assert contexts.GetContext(id="a") == a
    both = contexts.BatchUpdateContexts(
        atomic=True, requests=[update(id="c", title="yes", etag=c.etag), update(id="a", title="yes", etag=a.etag)])
    assert codes(both) == [OK, OK]
    assert [result.context.id for result in both.results] == ["c", "a"]


# What an update may set, as a mask and the values; the contexts below have something else in each field.
UPDATES = [
    (["title"], {"title": "new"}),
    (["type"], {"type": context_pb2.CONTEXT_TYPE_DECISION}),
    (["status"], {"status": context_pb2.CONTEXT_STATUS_ARCHIVED}),
    (["content"], {"content": "new"}),
    (["content"], {"content": "c" * 5000}),
    (["content"], {}),
    (["data"], {"data": bytes(range(256))}),
    (["data"], {"data": b"d" * 5000}),
    (["data"], {}),
    (["content", "data"], {"content": "c" * 5000, "data": b"new"}),
    (["media_type"], {"media_type": "text/plain"}),
    (["media_type"], {}),
    (["owner"], {"owner": "bob"}),
    (["owner"], {}),
    (["session"], {"session": "s2"}),
    (["session"], {}),
    (["tags"], {"tags": ["z", "a,b", "{}", 'quo"te', "\\", "NULL", "ü 日"]}),
    (["tags"], {}),
    (["metadata"], {"metadata": {"other": [1, {"x": None}, "ü"]}}),
    (["metadata"], {}),
    (["metadata.n"], {"metadata": {"n": None}}),
    (["metadata.n"], {}),
    (["expire_time"], {"expire_time": {"seconds": 4_100_000_000}}),
    (["expire_time"], {}),
    (["memory.kind", "memory.importance"], {"memory": {"kind": 2, "importance": 1}}),
    (["memory.confidence"], {}),
    (["memory.valid_to"], {"memory": {"valid_to": {"seconds": 4_100_000_000}}}),
    (["title", "status", "tags", "metadata.m"], {"title": "new", "status": 1, "tags": ["t"], "metadata": {"m": 3}}),
]


def test_x12_updates_in_a_batch_do_what_each_alone_does(contexts, module_database):
    def made(kind):
        return {
            "id": kind, "title": "old", "content": "c" * 5000, "data": b"d" * 5000, "media_type": "text/old",
            "owner": "alice", "session": "s1", "tags": ["old"], "metadata": {"n": 1, "m": [2]},
            "status": context_pb2.CONTEXT_STATUS_ACTIVE, "expire_time": {"seconds": 4_000_000_000}}

    def memory(kind):
        return made(kind) | {"memory": {"kind": 1, "confidence": 0.5, "valid_from": {"seconds": 1_000_000_000}}}

    def of(kind, way, n):
        return f"{kind}-{way}-{n}"

    for way in ("alone", "batch"):
        for n in range(len(UPDATES)):
            contexts.CreateContext(context=made(of("plain", way, n)))
            contexts.Remember(context=memory(of("memory", way, n)))
    requests = {
        (kind, n): (paths, values) for n, (paths, values) in enumerate(UPDATES) for kind in ("plain", "memory")}
    alone = {}
    for (kind, n), (paths, values) in requests.items():
        try:
            contexts.update(of(kind, "alone", n), paths, **values)
            alone[kind, n] = OK
        except grpc.RpcError as error:
            alone[kind, n] = error.code().value[0]
    response = contexts.BatchUpdateContexts(requests=[
        update(paths, id=of(kind, "batch", n), **values) for (kind, n), (paths, values) in requests.items()])
    assert codes(response) == list(alone.values()) and list(alone.values()).count(OK) > len(UPDATES)

    def rows(way):
        """What is stored, without what tells the writes apart."""
        return module_database.query(
            f"""SELECT replace(context_id, '-{way}-', '-'), to_jsonb(context) - '{{context_id,number,create_time,
              update_time,position,payload_from}}'::text[], payload_from = position, payload_from = 0
            FROM context WHERE project_id = '{contexts.project}' AND context_id LIKE '%-{way}-%' ORDER BY 1""")

    def old(way):
        return module_database.query(
            f"""SELECT replace(context_id, '-{way}-', '-'), version, title, tags, metadata, memory, content IS NULL,
              data IS NULL, (SELECT count(*) FROM context_payload AS kept
                WHERE kept.project_id = old.project_id AND kept.context_id = old.context_id)
            FROM context_version AS old
            WHERE project_id = '{contexts.project}' AND context_id LIKE '%-{way}-%' ORDER BY 1""")

    assert rows("batch") == rows("alone") and old("batch") == old("alone")
    assert len(old("batch")) == list(alone.values()).count(OK)
    for (kind, n), result in zip(requests, response.results):
        id = of(kind, "batch", n)
        stored = contexts.GetContext(id=id)
        if alone[kind, n] == OK:
            assert result.context == contexts.GetContext(id=id, view=context_pb2.CONTEXT_VIEW_BASIC)
            assert (stored.version, stored.position) == (2, response.position)
            past = contexts.GetContextVersion(id=id, version=1).context
            assert (past.title, past.content, past.data) == ("old", "c" * 5000, b"d" * 5000)
        else:
            assert stored.version == 1


def test_x12_batch_delete(contexts):
    for id in "abc":
        contexts.create(id=id)
    etag = contexts.update("c", title="new").etag
    deletion = context_pb2.DeleteContextRequest
    requests = [deletion(id="a"), deletion(id="nobody"), deletion(id="c", etag="0")]
    refusal = refused(
        contexts.BatchDeleteContexts, requests=requests, atomic=True, code=grpc.StatusCode.NOT_FOUND,
        reason="CONTEXT_NOT_FOUND")
    assert refusal.metadata["index"] == "1" and refusal.metadata["failed"] == "2"
    assert len(contexts.ids()) == 3
    response = contexts.BatchDeleteContexts(requests=requests)
    assert codes(response) == [OK, NOT_FOUND, ABORTED]
    assert response.results[0].context.HasField("delete_time")
    assert contexts.ids(order_by="id") == ["b", "c"]
    both = contexts.BatchDeleteContexts(requests=[deletion(id="c", etag=etag), deletion(id="b")], atomic=True)
    assert codes(both) == [OK, OK] and contexts.list() == []


def test_x12_a_batch_in_which_nothing_is_right_writes_nothing(contexts):
    response = contexts.BatchCreateContexts(requests=[creation(title=""), creation(title="\0")])
    assert codes(response) == [INVALID, INVALID] and response.position == 0
    response = contexts.BatchDeleteContexts(requests=[context_pb2.DeleteContextRequest(id="nobody")])
    assert codes(response) == [NOT_FOUND] and response.position == 0


@pytest.mark.parametrize("method, field, item", [
    ("BatchCreateContexts", "requests", creation(title="t")),
    ("BatchGetContexts", "ids", "x"),
    ("BatchUpdateContexts", "requests", update(id="x", title="t")),
    ("BatchDeleteContexts", "requests", context_pb2.DeleteContextRequest(id="x")),
])
def test_x12_empty_and_oversized_batches_are_refused(contexts, method, field, item):
    for items in ([], [item] * 1001):
        refusal = refused(
            getattr(contexts, method), **{field: items}, code=grpc.StatusCode.INVALID_ARGUMENT,
            reason="FIELD_INVALID")
        assert list(refusal.fields) == [field]


def test_x12_items_leave_request_ids_and_validate_only_to_the_batch(contexts):
    item = creation(title="t")
    item.request_id, item.validate_only = "r", True
    response = contexts.BatchCreateContexts(requests=[item])
    assert codes(response) == [INVALID]
    planned = contexts.BatchCreateContexts(requests=[creation(title="t"), creation(title="")], validate_only=True)
    assert codes(planned) == [OK, INVALID] and planned.position == 0
    assert contexts.list() == []


def test_x12_concurrent_batches_over_the_same_contexts_all_end(contexts):
    stub = context_pb2_grpc.ContextServiceStub(contexts.channel)
    ids = [f"c{n}" for n in range(50)]
    contexts.BatchCreateContexts(requests=[creation(id=id, title="t") for id in ids])
    calls = []
    for round in range(8):
        order = ids if round % 2 else list(reversed(ids))
        request = context_pb2.BatchUpdateContextsRequest(
            requests=[update(id=id, title=f"round {round}") for id in order], atomic=True)
        calls.append(stub.BatchUpdateContexts.future(request, metadata=contexts.metadata, timeout=60))
    assert [call.code() for call in calls] == [grpc.StatusCode.OK] * 8
    listed = contexts.list()
    assert {context.version for context in listed} == {9}
    assert len({context.title for context in listed}) == 1
