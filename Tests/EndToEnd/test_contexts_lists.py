"""Lists: filters, orders, pages that stay right while others write, and tokens that belong to their list."""

import base64
import random

import grpc
import pytest
from cairn.v1 import context_pb2, project_pb2, project_pb2_grpc
from google.protobuf import timestamp_pb2

from harness.project import new_project
from harness.refusals import refused

INVALID = grpc.StatusCode.INVALID_ARGUMENT
TYPES = [context_pb2.CONTEXT_TYPE_NOTE, context_pb2.CONTEXT_TYPE_DOCUMENT, context_pb2.CONTEXT_TYPE_MEMORY]
STATUSES = [
    context_pb2.CONTEXT_STATUS_DRAFT, context_pb2.CONTEXT_STATUS_ACTIVE, context_pb2.CONTEXT_STATUS_ARCHIVED]


@pytest.fixture(scope="module")
def corpus(channel):
    """Three hundred random contexts, some updated and some deleted, and what the server said of each."""
    contexts = new_project(channel)
    dice = random.Random(7)
    stored = {}
    for n in range(300):
        context = contexts.create(
            id=f"c{n:03}" if n % 2 else "", type=dice.choice(TYPES), status=dice.choice(STATUSES),
            tags=dice.sample(["red", "green", "blue", "ünïcode", "a,b"], dice.randrange(4)),
            owner=dice.choice(["", "ann", "bob"]), session=dice.choice(["", "s1", "s2"]))
        stored[context.id] = context
    for id in dice.sample(sorted(stored), 60):
        stored[id] = contexts.update(id, title="updated")
    for id in dice.sample(sorted(stored), 40):
        stored[id] = contexts.DeleteContext(id=id)
    return contexts, list(stored.values())


def ordered(contexts, order):
    key, _, direction = order.partition(" ")
    by = {
        "create_time": lambda c: (c.create_time.ToNanoseconds(), c.id),
        "update_time": lambda c: (c.update_time.ToNanoseconds(), c.id),
        "id": lambda c: c.id,
    }[key]
    return sorted(contexts, key=by, reverse=direction == "desc")


@pytest.mark.parametrize("seed", range(40))
def test_every_filter_and_order_lists_what_a_reference_does(corpus, seed):
    contexts, stored = corpus
    dice = random.Random(seed)
    times = sorted(context.create_time.ToNanoseconds() for context in stored)
    moment = timestamp_pb2.Timestamp()
    moment.FromNanoseconds(dice.choice(times) + dice.choice([-1, 0, 1]))
    conditions = {
        "types": (dice.sample(TYPES, dice.randrange(1, 3)), lambda c, v: c.type in v),
        "statuses": (dice.sample(STATUSES, dice.randrange(1, 3)), lambda c, v: c.status in v),
        "tags": (dice.sample(["red", "green", "ünïcode", "a,b", "none"], dice.randrange(1, 3)),
                 lambda c, v: set(v) <= set(c.tags)),
        "owner": (dice.choice(["ann", "bob", "nobody"]), lambda c, v: c.owner == v),
        "session": (dice.choice(["s1", "s2"]), lambda c, v: c.session == v),
        "created_from": (moment, lambda c, v: c.create_time.ToNanoseconds() >= v.ToNanoseconds()),
        "created_before": (moment, lambda c, v: c.create_time.ToNanoseconds() < v.ToNanoseconds()),
        "updated_from": (moment, lambda c, v: c.update_time.ToNanoseconds() >= v.ToNanoseconds()),
        "updated_before": (moment, lambda c, v: c.update_time.ToNanoseconds() < v.ToNanoseconds()),
    }
    chosen = dice.sample(sorted(conditions), dice.randrange(0, 4))
    show_deleted = dice.random() < 0.5
    order = dice.choice(["create_time", "update_time", "id"]) + dice.choice(["", " desc"])
    expected = [
        context for context in stored
        if (show_deleted or not context.HasField("delete_time"))
        and all(conditions[name][1](context, conditions[name][0]) for name in chosen)]
    listed = contexts.list(
        filter={name: conditions[name][0] for name in chosen}, order_by=order, show_deleted=show_deleted,
        page_size=dice.choice([1, 7, 50, 1000]) if len(expected) < 60 else 50)
    assert listed == ordered(expected, order)


def test_the_newest_come_first_by_default(contexts):
    ids = [contexts.create().id for _ in range(5)]
    assert contexts.ids() == list(reversed(ids))


def test_pages_stay_right_while_others_write(contexts):
    for order in ("create_time", "create_time desc", "id", "id desc"):
        before = set(contexts.ids()) or {contexts.create().id for _ in range(20)}
        seen = []
        for page in contexts.pages(order_by=order, page_size=3):
            seen += [context.id for context in page]
            contexts.create()
            victim = contexts.create(id="").id
            contexts.DeleteContext(id=victim)
            if len(seen) > 200:
                break
        assert len(seen) == len(set(seen)), "nothing twice"
        assert before <= set(seen) or len(seen) > 200, "nothing missed"


def test_page_sizes(contexts):
    contexts.BatchCreateContexts(requests=[{"context": {"title": "t"}} for _ in range(1000)])
    contexts.create()
    assert len(contexts.ListContexts().contexts) == 50
    assert len(contexts.ListContexts(page_size=7).contexts) == 7
    whole = contexts.ListContexts(page_size=2_000_000)
    assert len(whole.contexts) == 1000 and whole.next_page_token
    assert [len(page) for page in contexts.pages(page_size=500)] == [500, 500, 1]
    assert [len(page) for page in contexts.pages(page_size=1000)] == [1000, 1]
    assert list(refused(contexts.ListContexts, page_size=-1, code=INVALID).fields) == ["page_size"]


def test_the_last_full_page_has_no_token(contexts):
    for _ in range(4):
        contexts.create()
    assert [len(page) for page in contexts.pages(page_size=2)] == [2, 2]
    assert new_project(contexts.channel).ListContexts().next_page_token == ""


def test_pages_of_large_contexts_end_before_stock_clients_refuse_them(contexts):
    ids = [contexts.create(content="x" * 1_000_000).id for _ in range(7)]
    pages = list(contexts.pages(page_size=1000, order_by="create_time"))
    assert len(pages) >= 3 and all(pages)
    assert [context.id for page in pages for context in page] == ids
    assert len(contexts.ListContexts(view=context_pb2.CONTEXT_VIEW_BASIC).contexts) == 7


def test_pages_of_large_metadata_end_before_stock_clients_refuse_them(contexts):
    metadata = {"list": [0] * 12_000}
    requests = [{"context": {"id": f"c{n:02}", "title": "t", "metadata": metadata}} for n in range(40)]
    for half in (requests[:20], requests[20:]):
        answer = contexts.BatchCreateContexts(requests=half)
        assert all(result.context.version == 1 for result in answer.results)
    assert contexts.ids(page_size=1000, order_by="id") == [f"c{n:02}" for n in range(40)]
    renamed = [context_pb2.UpdateContextRequest(context={"id": f"c{n:02}", "title": "new"}) for n in range(40)]
    answer = contexts.BatchUpdateContexts(requests=renamed)
    assert [(result.context.id, result.context.version) for result in answer.results] == [
        (f"c{n:02}", 2) for n in range(40)]


def test_a_page_token_belongs_to_its_list(contexts):
    for _ in range(3):
        contexts.create(owner="o")
    token = contexts.ListContexts(page_size=1).next_page_token
    assert len(contexts.ListContexts(page_size=2, page_token=token).contexts) == 2
    others = [
        {"filter": {"owner": "o"}}, {"filter": {"tags": ["x"]}}, {"order_by": "create_time"}, {"order_by": "id"},
        {"show_deleted": True}]
    for other in others:
        refusal = refused(
            contexts.ListContexts, page_size=1, page_token=token, **other, code=INVALID, reason="PAGE_TOKEN_INVALID")
        assert list(refusal.fields) == ["page_token"]


@pytest.mark.parametrize("token", ["x", "nonsense", "AAAA", "=", "ü", "A" * 10_000, "-_-_"])
def test_a_page_token_that_nobody_gave_is_refused(contexts, token):
    refused(contexts.ListContexts, page_token=token, code=INVALID, reason="PAGE_TOKEN_INVALID")


def test_a_damaged_page_token_is_refused(contexts):
    for _ in range(2):
        contexts.create()
    token = contexts.ListContexts(page_size=1).next_page_token
    for at in range(len(token)):
        damaged = token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1:]
        try:
            page = contexts.ListContexts(page_size=1, page_token=damaged)
            assert at == len(token) - 1, "only unused bits of the last character may go unnoticed"
            assert len(page.contexts) <= 1
        except grpc.RpcError as error:
            assert error.code() == INVALID


@pytest.mark.parametrize("fields, wrong", [
    ({"order_by": "title"}, ["order_by"]),
    ({"order_by": "create_time sideways"}, ["order_by"]),
    ({"order_by": "create_time, id"}, ["order_by"]),
    ({"order_by": "1; DROP TABLE context"}, ["order_by"]),
    ({"filter": {"types": [0]}}, ["filter.types[0]"]),
    ({"filter": {"types": [1, 99]}}, ["filter.types[1]"]),
    ({"filter": {"types": [1] * 33}}, ["filter.types"]),
    ({"filter": {"statuses": [77]}}, ["filter.statuses[0]"]),
    ({"filter": {"tags": ["ok", ""]}}, ["filter.tags[1]"]),
    ({"filter": {"tags": [str(n) for n in range(65)]}}, ["filter.tags"]),
    ({"filter": {"owner": "a\0b"}}, ["filter.owner"]),
    ({"filter": {"created_from": {"seconds": 10**15}}}, ["filter.created_from"]),
    ({"filter": {"updated_before": {"nanos": -1}}}, ["filter.updated_before"]),
    ({"view": 5}, ["view"]),
    ({"order_by": "x", "view": 5, "filter": {"types": [0]}}, ["filter.types[0]", "order_by", "view"]),
])
def test_a_wrong_list_is_refused(contexts, fields, wrong):
    refusal = refused(contexts.ListContexts, **fields, code=INVALID, reason="FIELD_INVALID")
    assert list(refusal.fields) == wrong


def test_a_million_tags_in_a_filter_are_refused_quickly(contexts):
    refusal = refused(
        contexts.ListContexts, filter={"tags": ["t"] * 1_000_000}, code=INVALID, reason="FIELD_INVALID", timeout=10)
    assert list(refusal.fields) == ["filter.tags"]


def unkeyed(layout, query, time, id, moment=b""):
    """A token as anybody could make one when it had a checksum instead of a seal."""
    def fingerprint(data):
        value = 0xcbf29ce484222325
        for byte in data:
            value = (value ^ byte) * 0x100000001b3 % 2**64
        return value.to_bytes(8, "big")
    body = bytes([layout]) + fingerprint(query) + time.to_bytes(8, "big", signed=True) + moment + id
    return base64.urlsafe_b64encode(body + fingerprint(body)).rstrip(b"=").decode()


@pytest.mark.parametrize("layout", range(1, 5))
def test_a_token_that_somebody_made_changes_nothing(contexts, layout):
    """Numbers in a token were once taken for the server's own, and ended it."""
    moment = (1).to_bytes(8, "big") * 2 if layout in (2, 4) else b""
    project = contexts.project.encode()
    lists = b"ListRelationships\xff" + project + b"\xff"
    exports = b"ExportContexts\xff" + project + b"\xfffalse false true\xff"
    for call, field, query, time, id in [
        (contexts.ListRelationships, "page_token", lists, 0, b"out\ta\t99999\t\tb"),
        (contexts.ExportContexts, "resume_token", exports, 0, b"~a\t99999\t\tb\t0"),
        (contexts.ExportContexts, "resume_token", exports, 2**63 - 1, b">a"),
        (contexts.Search, "page_token", b"Search\xff", 0, b"1/9223372036854775807"),
    ]:
        token = unkeyed(layout, query, time, id, moment)
        fields = {"include_relationships": True} if field == "resume_token" else {}
        refusal = refused(
            lambda **request: list(call(**request)) if field == "resume_token" else call(**request),
            **{field: token}, **fields, code=INVALID, reason="PAGE_TOKEN_INVALID")
        assert list(refusal.fields) == [field]


def test_tokens_hold_on_every_server_of_a_database(start_server, database):
    first, second = (start_server("--database-url", database.url) for _ in range(2))
    with first.channel() as one, second.channel() as other:
        here = new_project(one)
        for n in range(3):
            here.create(f"{n}")
        token = here.ListContexts(page_size=1).next_page_token
        there = here.elsewhere(other)
        assert there.ListContexts(page_token=token) == here.ListContexts(page_token=token)
        projects = project_pb2_grpc.ProjectServiceStub
        token = projects(one).ListProjects(project_pb2.ListProjectsRequest(page_size=1)).next_page_token
        assert projects(other).ListProjects(project_pb2.ListProjectsRequest(page_token=token)).projects
