"""Relationships between contexts, walks along them and paths, against a reference computed here."""

import collections
import datetime
import itertools
import random
import threading

import grpc
import pytest
from cairn.v1 import context_pb2, relationship_pb2

from harness.project import new_project
from harness.refusals import refused
from harness.results import codes, reason

RELATES_TO, FOLLOWS, INFLUENCES, CONTAINS, DERIVED_FROM, CUSTOM = range(1, 7)
OUT, IN, BOTH = 1, 2, 3
SHORTEST, SIMPLE = 1, 2
OK, INVALID, NOT_FOUND, EXISTS, PRECONDITION, ABORTED = 0, 3, 5, 6, 9, 10

Edge = collections.namedtuple("Edge", "source kind name target weight")


def relationship(source, target, kind=RELATES_TO, **fields):
    return relationship_pb2.Relationship(source=source, target=target, kind=kind, **fields)


def ending(source, target, kind=RELATES_TO, **fields):
    return relationship_pb2.RelationshipEnd(source=source, target=target, kind=kind, **fields)


def relate(contexts, *relationships, **fields):
    """Relates contexts, all or none; returns the relationships."""
    response = contexts.RelateContexts(relationships=relationships, atomic=True, **fields)
    return [result.relationship for result in response.results]


def unrelate(contexts, *endings, **fields):
    response = contexts.UnrelateContexts(relationships=endings, atomic=True, **fields)
    return [result.relationship for result in response.results]


def make(contexts, *ids, **fields):
    requests = [
        context_pb2.CreateContextRequest(context=context_pb2.Context(id=id, title=id, **fields)) for id in ids]
    for at in range(0, len(requests), 1000):
        contexts.BatchCreateContexts(requests=requests[at:at + 1000], atomic=True)


def listed(contexts, **fields):
    """All relationships of a list, whatever the pages."""
    token, found = "", []
    while True:
        page = contexts.ListRelationships(page_token=token, **fields)
        found += page.relationships
        token = page.next_page_token
        if not token:
            return found


def keys(relationships):
    return [(each.source, each.kind, each.name, each.target) for each in relationships]


def time(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc)


def walk(project, start, /, **fields):
    """The hits of a walk, and its end."""
    events = list(project.Traverse(start=start if isinstance(start, list) else [start], **fields))
    assert [event.HasField("end") for event in events] == [False] * (len(events) - 1) + [True]
    assert all(event.hits for event in events[:-1]) and not events[-1].hits
    assert all(event.ByteSize() < 3_000_000 for event in events)
    return [hit for event in events for hit in event.hits], events[-1].end


def steps_of(path):
    """A path as it is written in references: (kind, name, reversed, where it comes to)."""
    return [
        (step.kind, step.name, step.reversed, step.source if step.reversed else step.target) for step in path]


# --- The reference ---


class Graph:
    """A graph in plain Python, walked the way the documentation says."""

    def __init__(self, edges):
        self.edges = edges
        self.out, self.into = collections.defaultdict(list), collections.defaultdict(list)
        for edge in edges:
            self.out[edge.source].append(edge)
            self.into[edge.target].append(edge)

    def steps(self, node, direction, kinds=None):
        found = []
        if direction in (OUT, BOTH):
            found += [
                (e.kind, e.name, e.target, False, e.weight) for e in self.out[node] if not kinds or e.kind in kinds]
        if direction in (IN, BOTH):
            found += [
                (e.kind, e.name, e.source, True, e.weight) for e in self.into[node] if not kinds or e.kind in kinds]
        return sorted(found, key=lambda step: (step[0], step[1].encode(), step[2].encode(), step[3]))

    def walk(self, start, depth, direction, kinds=None):
        """[(id, depth, path)] in the order in which contexts are reached."""
        paths = {start: []}
        frontier, hits = [start], []
        for level in range(1, depth + 1):
            following = []
            for node in frontier:
                for kind, name, to, against, _ in self.steps(node, direction, kinds):
                    if to not in paths:
                        paths[to] = paths[node] + [(kind, name, against, to)]
                        hits.append((to, level, paths[to]))
                        following.append(to)
            frontier = following
        return hits

    def paths(self, start, end, longest, direction, kinds=None):
        """All paths that come through no context twice, shorter ones first, then by their steps."""
        found = []

        def extend(node, visited, steps, used):
            if len(steps) == longest:
                return
            for kind, name, to, against, _ in self.steps(node, direction, kinds):
                edge = (to, kind, name, node) if against else (node, kind, name, to)
                if edge in used:
                    continue
                step = (kind, name, against, to)
                if to == end:
                    found.append(steps + [step])
                elif to not in visited and to != start:
                    extend(to, visited | {to}, steps + [step], used | {edge})

        extend(start, {start}, [], frozenset())
        found.sort(key=lambda path: (len(path), [(k, n.encode(), t.encode(), r) for k, n, r, t in path]))
        return found


def random_graph(seed, nodes, edges):
    random.seed(seed)
    ids = [f"n{n:04}" for n in range(nodes)]
    found = {}
    while len(found) < edges:
        source, to = random.sample(ids, 2)
        kind = random.choice([RELATES_TO, FOLLOWS, INFLUENCES, DERIVED_FROM, CUSTOM])
        name = random.choice(["cites", "blocks", "ähnelt"]) if kind == CUSTOM else ""
        found[source, kind, name, to] = Edge(source, kind, name, to, round(random.random(), 3))
    # A hierarchy has no loops: the parent comes before.
    for place in range(1, nodes, 2):
        edge = Edge(ids[random.randrange(place)], CONTAINS, "", ids[place], 1.0)
        found[edge[:4]] = edge
    return ids, list(found.values())


@pytest.fixture(scope="module")
def graph(channel):
    """1,000 contexts with 4,500 relationships, stored and in plain Python."""
    contexts = new_project(channel)
    ids, edges = random_graph(7, 1000, 4000)
    make(contexts, *ids)
    for at in range(0, len(edges), 1000):
        relate(contexts, *(
            relationship(edge.source, edge.target, edge.kind, name=edge.name, weight=edge.weight)
            for edge in edges[at:at + 1000]))
    return contexts, ids, Graph(edges)


# --- Reads against the reference ---


@pytest.mark.parametrize("direction", [OUT, IN, BOTH])
def test_x3_neighbours_equal_the_reference(graph, direction):
    contexts, ids, reference = graph
    for id in random.Random(1).sample(ids, 40):
        found = listed(contexts, context=id, direction=direction, page_size=3)
        expected = []
        if direction != IN:
            expected += sorted((e[:4] for e in reference.out[id]), key=lambda e: (e[1], e[2].encode(), e[3]))
        if direction != OUT:
            expected += sorted((e[:4] for e in reference.into[id]), key=lambda e: (e[1], e[2].encode(), e[0]))
        assert keys(found) == expected
        weights = {edge[:4]: edge.weight for edge in reference.edges}
        assert [each.weight for each in found] == [weights[key] for key in keys(found)]


def test_x3_the_whole_graph_can_be_listed(graph):
    contexts, _, reference = graph
    assert keys(listed(contexts, page_size=700)) == sorted(
        (edge[:4] for edge in reference.edges), key=lambda e: (e[0], e[1], e[2].encode(), e[3]))


@pytest.mark.parametrize("direction", [OUT, IN, BOTH])
@pytest.mark.parametrize("kinds", [None, [FOLLOWS, CUSTOM], [CONTAINS]])
def test_x3_walks_equal_the_reference(graph, direction, kinds):
    contexts, ids, reference = graph
    for id in random.Random(direction).sample(ids, 8):
        for depth in (1, 2, 3, 5):
            hits, end = walk(
                contexts, id, max_depth=depth, direction=direction, limit=10_000, view="CONTEXT_VIEW_BASIC",
                relationships={"kinds": kinds or []})
            expected = reference.walk(id, depth, direction, kinds)
            assert [(hit.context.id, hit.depth, steps_of(hit.path)) for hit in hits] == expected
            assert (end.reached, end.truncated) == (len(expected), False)


@pytest.mark.parametrize("direction", [OUT, IN, BOTH])
def test_x3_shortest_paths_equal_the_reference(graph, direction):
    contexts, ids, reference = graph
    choice = random.Random(direction + 10)
    for _ in range(12):
        start, end = choice.sample(ids, 2)
        reached = dict((id, depth) for id, depth, _ in reference.walk(start, 5, direction))
        answer = contexts.FindPaths(
            source=start, target=end, direction=direction, mode=SHORTEST, max_depth=5, limit=1000)
        found = [steps_of(path.steps) for path in answer.paths]
        if end not in reached:
            assert found == []
            continue
        expected = reference.paths(start, end, reached[end], direction) if reached[end] <= 4 else None
        if expected is not None:
            assert found == expected
        assert found and all(len(path) == reached[end] for path in found)


@pytest.mark.parametrize("direction", [OUT, BOTH])
def test_x3_simple_paths_and_cycles_equal_the_reference(channel, direction):
    contexts = new_project(channel)
    ids, edges = random_graph(3, 24, 50)
    make(contexts, *ids)
    relate(contexts, *(relationship(e.source, e.target, e.kind, name=e.name, weight=e.weight) for e in edges))
    reference = Graph(edges)
    longest = 5 if direction == OUT else 3
    pairs = [*itertools.islice(itertools.permutations(ids, 2), 0, 552, 37), *((id, id) for id in ids[:8])]
    for start, end in pairs:
        answer = contexts.FindPaths(
            source=start, target=end, direction=direction, mode=SIMPLE, max_depth=longest, limit=1000)
        expected = reference.paths(start, end, longest, direction)
        assert [steps_of(path.steps) for path in answer.paths] == expected[:1000], (start, end)
        assert answer.truncated == (len(expected) > 1000)
        for path in answer.paths:
            assert path.weight == pytest.approx(sum(step.weight for step in path.steps))
    first = contexts.FindPaths(source=ids[0], target=ids[1], direction=BOTH, mode=SIMPLE, limit=2)
    assert len(first.paths) == 2 and first.truncated


def test_x3_walks_send_what_the_filter_wants_and_go_through_the_rest(contexts):
    for number, kind in enumerate(["NOTE", "NOTE", "CODE", "NOTE", "CODE"]):
        contexts.create(id=f"c{number}", type=f"CONTEXT_TYPE_{kind}", content="text")
    relate(contexts, *(relationship(f"c{n}", f"c{n + 1}", FOLLOWS) for n in range(4)))
    code = {"types": ["CONTEXT_TYPE_CODE"]}
    hits, end = walk(contexts, "c0", max_depth=9, contexts=code)
    assert [(hit.context.id, hit.depth) for hit in hits] == [("c2", 2), ("c4", 4)] and end.reached == 4
    assert [hit.context.content for hit in hits] == ["text", "text"]
    assert [len(hit.path) for hit in hits] == [2, 4]
    hits, end = walk(contexts, "c1", max_depth=9, contexts=code, only_through_matching=True)
    assert [hit.context.id for hit in hits] == ["c2"] and end.reached == 2 and not end.truncated
    hits, end = walk(contexts, "c0", max_depth=9, limit=2, view="CONTEXT_VIEW_BASIC")
    assert [hit.context.id for hit in hits] == ["c1", "c2"] and end.truncated
    assert [hit.context.content for hit in hits] == ["", ""]
    hits, end = walk(contexts, ["c3", "c0", "c3"])
    assert [hit.context.id for hit in hits] == ["c4", "c1"]
    assert walk(contexts, "c4", max_depth=32)[0] == []


# --- Writes ---


def test_x3_a_relationship_has_every_field_that_it_was_given(contexts):
    make(contexts, "a", "b")
    begin = time(1_600_000_000)
    stored = relate(contexts, relationship(
        "a", "b", CUSTOM, name="ähnelt", weight=-0.25, metadata={"why": ["x", None, 1.5]}, valid_from=begin))[0]
    assert stored.version == 1 and stored.position > 0 and stored.etag and stored.create_time == stored.update_time
    assert not stored.HasField("metadata") and not stored.HasField("valid_to")
    found = listed(contexts, context="a")[0]
    assert found.metadata["why"][0] == "x" and found.metadata["why"][2] == 1.5
    found.ClearField("metadata")
    assert found == stored
    assert (found.weight, found.name, found.valid_from.seconds) == (-0.25, "ähnelt", 1_600_000_000)
    plain = relate(contexts, relationship("b", "a"))[0]
    assert plain.weight == 1 and plain.valid_from == plain.create_time


def test_x3_relating_again_changes_the_open_one(contexts):
    make(contexts, "a", "b")
    first = relate(contexts, relationship("a", "b", weight=0.5, metadata={"k": 1}))[0]
    second = relate(contexts, relationship("a", "b", etag=first.etag, weight=0.75))[0]
    assert (second.version, second.weight, second.valid_from) == (2, 0.75, first.valid_from)
    assert second.create_time == first.create_time and second.position > first.position
    third = relate(contexts, relationship("a", "b", metadata={"k": 2}))[0]
    assert (third.version, third.weight) == (3, 0.75)
    found = listed(contexts, context="a")
    assert len(found) == 1 and found[0].metadata["k"] == 2 and found[0].weight == 0.75
    stale = refused(
        relate, contexts, relationship("a", "b", etag=first.etag), code=grpc.StatusCode.ABORTED,
        reason="ETAG_MISMATCH")
    assert stale.metadata["etag"] == third.etag
    refused(relate, contexts, relationship("a", "b", etag="0"), code=grpc.StatusCode.ABORTED)
    assert relate(contexts, relationship("b", "a", etag="0"))[0].version == 1
    refused(relate, contexts, relationship("b", "a", FOLLOWS, etag="7"), code=grpc.StatusCode.ABORTED)


def test_x3_an_end_keeps_the_history(contexts):
    make(contexts, "a", "b")
    begin, end = time(1_500_000_000), time(1_600_000_000)
    relate(contexts, relationship("a", "b", weight=1, valid_from=begin))
    closed = unrelate(contexts, ending("a", "b", valid_to=end))[0]
    assert closed.valid_to.seconds == 1_600_000_000 and closed.version == 2
    assert listed(contexts, context="a") == [] and walk(contexts, "a")[0] == []
    again = relate(contexts, relationship("a", "b", weight=2))[0]
    assert again.version == 1
    assert [each.weight for each in listed(contexts, context="a", show_ended=True)] == [1, 2]

    def at(seconds):
        return [each.weight for each in listed(contexts, context="a", filter={"valid_at": time(seconds)})]

    assert at(1_499_999_999) == [] and at(1_500_000_000) == [1] and at(1_599_999_999) == [1]
    assert at(1_600_000_000) == [] and at(4_000_000_000) == [2]
    hits, _ = walk(contexts, "a", relationships={"valid_at": begin})
    assert hits[0].path[0].weight == 1
    # Times of validity never overlap.
    for since, until in [(1_599_999_999, 1_599_999_999.5), (1_400_000_000, 1_500_000_001), (1_400_000_000, None)]:
        until = {"valid_to": time(until)} if until else {}
        refused(
            relate, contexts, relationship("a", "b", valid_from=time(since), **until),
            code=grpc.StatusCode.ALREADY_EXISTS, reason="RELATIONSHIP_OVERLAPS")
    past = relationship("a", "b", weight=0, valid_from=time(1_400_000_000), valid_to=begin)
    relate(contexts, past)
    assert at(1_450_000_000) == [0]
    ended = unrelate(contexts, ending("a", "b"))[0]
    assert ended.HasField("valid_to") and listed(contexts, context="a") == []
    assert len(listed(contexts, context="b", direction=IN, show_ended=True)) == 3


def test_x3_what_was_a_mistake_can_be_removed(contexts):
    make(contexts, "a", "b")
    relate(contexts, relationship("a", "b", valid_from=time(4_000_000_000)))
    assert listed(contexts, context="a") == []
    refused(
        unrelate, contexts, ending("a", "b"), code=grpc.StatusCode.INVALID_ARGUMENT, reason="FIELD_INVALID")
    unrelate(contexts, ending("a", "b", remove=True))
    assert listed(contexts, show_ended=True) == []
    refused(
        unrelate, contexts, ending("a", "b", remove=True), code=grpc.StatusCode.NOT_FOUND,
        reason="RELATIONSHIP_NOT_FOUND")


def test_x3_a_batch_reports_each_item_or_stores_none(contexts):
    make(contexts, "a", "b", "gone")
    contexts.DeleteContext(id="gone")
    other = new_project(contexts.channel)
    make(other, "foreign")
    items = [
        relationship("a", "b"), relationship("a", "missing"), relationship("gone", "b"),
        relationship("a", "foreign"), relationship("a", "a"), relationship("a", "b"), relationship("b", "a"),
    ]
    response = contexts.RelateContexts(relationships=items)
    assert codes(response) == [OK, NOT_FOUND, NOT_FOUND, NOT_FOUND, INVALID, INVALID, OK]
    assert [reason(result) for result in response.results[1:6]] == [
        "CONTEXT_NOT_FOUND", "CONTEXT_DELETED", "CONTEXT_NOT_FOUND", "FIELD_INVALID", "DUPLICATE_IN_BATCH"]
    assert {result.relationship.position for result in response.results if not result.HasField("error")} == {
        response.position}
    refusal = refused(
        contexts.RelateContexts, relationships=[relationship("b", "a", FOLLOWS), *items[1:4]], atomic=True,
        code=grpc.StatusCode.NOT_FOUND, reason="CONTEXT_NOT_FOUND")
    assert (refusal.metadata["index"], refusal.metadata["failed"], refusal.metadata["id"]) == ("1", "3", "missing")
    assert keys(listed(contexts)) == [("a", 1, "", "b"), ("b", 1, "", "a")]
    ends = contexts.UnrelateContexts(relationships=[ending("b", "a"), ending("b", "a", FOLLOWS)])
    assert codes(ends) == [OK, NOT_FOUND]
    assert keys(listed(contexts)) == [("a", 1, "", "b")]


def test_x3_all_wrong_fields_are_named_at_once(contexts):
    wrong = relationship_pb2.Relationship(
        source="a\n", target="", kind=77, weight=float("nan"), name="x" * 10, metadata={"k": "x" * 5000})
    refusal = refused(
        contexts.RelateContexts, relationships=[relationship("a", "b"), wrong], atomic=True, request_id="x" * 129,
        code=grpc.StatusCode.INVALID_ARGUMENT)
    assert list(refusal.fields) == ["request_id"]
    refusal = refused(
        contexts.RelateContexts, relationships=[relationship("a", "b"), wrong], atomic=True,
        code=grpc.StatusCode.INVALID_ARGUMENT, reason="FIELD_INVALID")
    assert set(refusal.fields) == {
        f"relationships[1].{field}" for field in ("source", "target", "kind", "name", "weight", "metadata")}
    for item, fields in [
        (relationship("a", "b", CUSTOM), {"name"}),
        (relationship("a", "b", 0), {"kind"}),
        (relationship("a", "b", CONTAINS, valid_to=time(5)), {"valid_from"}),
        (relationship("a", "b", valid_from=time(5), valid_to=time(5)), {"valid_to"}),
        (relationship("a", "a", INFLUENCES), {"target"}),
    ]:
        refusal = refused(relate, contexts, item, code=grpc.StatusCode.INVALID_ARGUMENT)
        assert {field.removeprefix("relationships[0].") for field in refusal.fields} == fields
    for call, request, fields in [
        (contexts.RelateContexts, {}, ["relationships"]),
        (contexts.RelateContexts, {"relationships": [relationship("a", "b")] * 1001}, ["relationships"]),
        (contexts.UnrelateContexts, {}, ["relationships"]),
        (contexts.ListRelationships, {"other": "x", "direction": IN, "page_size": -1, "show_ended": True,
                                      "filter": {"kinds": [0, 99], "names": [""], "valid_at": time(1)}},
         ["other", "direction", "filter.kinds[0]", "filter.kinds[1]", "filter.names[0]", "filter.valid_at",
          "page_size"]),
        (contexts.FindPaths, {"mode": 9, "max_depth": 33, "limit": -1, "direction": 5},
         ["source", "target", "mode", "max_depth", "direction", "limit"]),
    ]:
        assert list(refused(call, **request, code=grpc.StatusCode.INVALID_ARGUMENT).fields) == fields
    refusal = refused(
        walk, contexts, [], max_depth=-1, limit=-1, view=9, contexts={"types": [0]},
        code=grpc.StatusCode.INVALID_ARGUMENT)
    assert set(refusal.fields) == {"start", "max_depth", "limit", "view", "contexts.types[0]"}
    bad = {"valid_at": {"seconds": 2**40}}
    assert list(refused(
        contexts.ListRelationships, filter=bad, code=grpc.StatusCode.INVALID_ARGUMENT).fields) == ["filter.valid_at"]
    refused(
        contexts.ListRelationships, page_token="nonsense", code=grpc.StatusCode.INVALID_ARGUMENT,
        reason="PAGE_TOKEN_INVALID")


def test_x3_a_page_token_is_good_for_its_own_list_only(contexts):
    make(contexts, "a", "b")
    relate(contexts, relationship("a", "b"), relationship("a", "b", FOLLOWS))
    token = contexts.ListRelationships(context="a", page_size=1).next_page_token
    assert len(contexts.ListRelationships(context="a", page_size=5, page_token=token).relationships) == 1
    refused(
        contexts.ListRelationships, context="b", page_token=token, code=grpc.StatusCode.INVALID_ARGUMENT,
        reason="PAGE_TOKEN_INVALID")


def test_x3_contexts_that_are_not_there_are_not_found(contexts):
    make(contexts, "a", "gone")
    contexts.DeleteContext(id="gone")
    other = new_project(contexts.channel)
    make(other, "foreign")
    for id, why in [("missing", "CONTEXT_NOT_FOUND"), ("foreign", "CONTEXT_NOT_FOUND"), ("gone", "CONTEXT_DELETED")]:
        refused(walk, contexts, ["a", id], code=grpc.StatusCode.NOT_FOUND, reason=why)
        for pair in [("a", id), (id, "a"), (id, id)]:
            refused(
                contexts.FindPaths, source=pair[0], target=pair[1], code=grpc.StatusCode.NOT_FOUND, reason=why)
        assert listed(contexts, context=id) == []


def test_x3_relationships_of_a_deleted_context_are_hidden_until_it_is_back(contexts):
    make(contexts, "a", "b", "c")
    relate(contexts, relationship("a", "b"), relationship("b", "c"))
    assert [hit.context.id for hit in walk(contexts, "a", max_depth=3)[0]] == ["b", "c"]
    contexts.DeleteContext(id="b")
    assert listed(contexts) == [] and walk(contexts, "a", max_depth=3)[0] == []
    assert list(contexts.FindPaths(source="a", target="c").paths) == []
    contexts.UndeleteContext(id="b")
    assert len(listed(contexts)) == 2
    assert [hit.context.id for hit in walk(contexts, "a", max_depth=3)[0]] == ["b", "c"]


def test_x3_a_last_step_to_deleted_contexts_leaves_them_out(contexts):
    names = [f"n{number}" for number in range(8)]
    make(contexts, "a", *names)
    relate(contexts, *(relationship("a", name) for name in names))
    for name in names[::2]:
        contexts.DeleteContext(id=name)
    there = names[1::2]
    # With room for all that are stored, for those that are there, and for fewer.
    for limit in [0, len(names), len(there), len(there) - 1, 1]:
        for depth in [1, 2]:
            # A walk that has as many as it may send does not look whether another step leads on.
            truncated = bool(limit) and (limit < len(there) or (limit, depth) == (len(there), 2))
            for view in [context_pb2.CONTEXT_VIEW_BASIC, context_pb2.CONTEXT_VIEW_FULL]:
                hits, end = walk(contexts, "a", max_depth=depth, limit=limit, view=view)
                assert [hit.context.id for hit in hits] == there[:limit or None], (limit, depth)
                assert (end.reached, end.truncated) == (len(there), truncated), (limit, depth)


def test_x3_a_custom_relationship_may_lead_to_itself(contexts):
    make(contexts, "a")
    relate(contexts, relationship("a", "a", CUSTOM, name="calls"))
    assert keys(listed(contexts, context="a", direction=BOTH)) == [("a", CUSTOM, "calls", "a")]
    assert walk(contexts, "a", max_depth=5, direction=BOTH)[0] == []
    paths = contexts.FindPaths(source="a", target="a", direction=BOTH).paths
    assert [len(path.steps) for path in paths] == [1]


# --- CONTAINS ---


def test_x3_a_loop_in_contains_is_refused_and_named(contexts):
    make(contexts, "a", "b", "c", "d")
    relate(contexts, relationship("a", "b", CONTAINS), relationship("b", "c", CONTAINS))
    refusal = refused(
        relate, contexts, relationship("c", "a", CONTAINS), code=grpc.StatusCode.FAILED_PRECONDITION,
        reason="CONTAINS_LOOP")
    assert refusal.metadata["loop"] == "c > a > b > c"
    # A loop that lies within the request itself; the items before it are fine.
    response = contexts.RelateContexts(relationships=[
        relationship("c", "d", CONTAINS), relationship("d", "b", CONTAINS), relationship("d", "a", RELATES_TO)])
    assert codes(response) == [OK, PRECONDITION, OK]
    assert reason(response.results[1]) == "CONTAINS_LOOP"
    # Also by way of a deleted context, which would come back into the loop.
    contexts.DeleteContext(id="b")
    refused(relate, contexts, relationship("d", "a", CONTAINS), reason="CONTAINS_LOOP")
    # What has ended contains nothing any more, and never did at a time before.
    contexts.UndeleteContext(id="b")
    unrelate(contexts, ending("a", "b", CONTAINS))
    relate(contexts, relationship("d", "a", CONTAINS))
    refused(relate, contexts, relationship("a", "c", CONTAINS), reason="CONTAINS_LOOP")
    relate(contexts, relationship("a", "c", CONTAINS, valid_from=time(100), valid_to=time(200)))
    refused(
        relate, contexts, relationship("c", "a", CONTAINS, valid_from=time(199), valid_to=time(300)),
        reason="CONTAINS_LOOP")
    relate(contexts, relationship("c", "a", CONTAINS, valid_from=time(200), valid_to=time(300)))


def test_x3_writers_together_make_no_loop(contexts):
    ids = [f"r{n}" for n in range(8)]
    make(contexts, *ids)
    for _ in range(5):
        outcomes = []

        def write(n):
            try:
                relate(contexts, relationship(ids[n], ids[(n + 1) % 8], CONTAINS))
                outcomes.append(OK)
            except grpc.RpcError as error:
                assert error.code() == grpc.StatusCode.FAILED_PRECONDITION, error
                outcomes.append(PRECONDITION)

        threads = [threading.Thread(target=write, args=(n,)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(outcomes) == [OK] * 7 + [PRECONDITION]
        unrelate(contexts, *(ending(each.source, each.target, CONTAINS) for each in listed(contexts)))


def test_x3_writers_of_the_same_relationship_take_turns(contexts):
    make(contexts, "a", "b", "c")
    versions = []

    def write():
        for edge in relate(contexts, relationship("a", "b"), relationship("b", "c"), relationship("c", "a")):
            versions.append((edge.source, edge.version))

    threads = [threading.Thread(target=write) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(versions) == [(id, n) for id in "abc" for n in range(1, 13)]
    assert len(listed(contexts, show_ended=True)) == 3


# --- As all writes ---


def test_x3_a_named_request_is_done_once(contexts):
    make(contexts, "a", "b")
    items = {"relationships": [relationship("a", "b", weight=3), relationship("a", "missing")], "request_id": "r1"}
    first = contexts.RelateContexts(**items)
    assert contexts.RelateContexts(**items) == first and codes(first) == [OK, NOT_FOUND]
    refused(
        contexts.RelateContexts, relationships=[relationship("b", "a")], request_id="r1",
        code=grpc.StatusCode.INVALID_ARGUMENT, reason="REQUEST_ID_REUSED")
    ends = {"relationships": [ending("a", "b")], "request_id": "r1"}
    ended = contexts.UnrelateContexts(**ends)
    assert codes(ended) == [OK] and contexts.UnrelateContexts(**ends) == ended


def test_x3_a_trial_writes_nothing(contexts):
    make(contexts, "a", "b")
    trial = contexts.RelateContexts(
        relationships=[relationship("a", "b", CONTAINS), relationship("b", "a", CONTAINS)], validate_only=True)
    assert codes(trial) == [OK, PRECONDITION] and trial.position == 0
    assert trial.results[0].relationship.version == 1 and not trial.results[0].relationship.etag
    assert listed(contexts, show_ended=True) == []
    relate(contexts, relationship("a", "b"))
    trial = contexts.UnrelateContexts(relationships=[ending("a", "b"), ending("b", "a")], validate_only=True)
    assert codes(trial) == [OK, NOT_FOUND] and trial.position == 0
    assert len(listed(contexts)) == 1


def test_x3_relating_gives_contexts_no_new_version(contexts):
    make(contexts, "a", "b")
    before = contexts.GetContext(id="a")
    relate(contexts, relationship("a", "b"))
    assert contexts.GetContext(id="a") == before
