"""What relationships were, by every way to read them, and which of them a filter takes."""

import random

import grpc

from harness.refusals import refused
from harness.transfer import export, records
from test_relationships import (
    BOTH, CUSTOM, FOLLOWS, IN, OUT, RELATES_TO, SIMPLE, ending, keys, listed, make, relate, relationship, steps_of,
    unrelate, walk)


def exported_relationships(contexts, **request):
    found = [
        record.relationship for record in records(export(contexts, include_relationships=True, **request))
        if record.HasField("relationship")]
    return sorted(found, key=lambda each: (keys([each])[0], each.valid_from.ToNanoseconds()))


def test_x3_a_filter_takes_weights_from_its_bound_on(contexts):
    make(contexts, "hub", "a", "b", "c", "d")
    weights = {"a": -1, "b": 0.5, "c": 0.75, "d": 2}
    relate(contexts, *(relationship("hub", id, weight=weight) for id, weight in weights.items()))
    relate(contexts, relationship("a", "d", weight=5))
    for bound in (-1, 0.5, 0.75, 0.8, 2, 3):
        wanted = {id for id, weight in weights.items() if weight >= bound}
        chosen = {"min_weight": bound}
        assert {each.target for each in listed(contexts, context="hub", filter=chosen)} == wanted
        hits, _ = walk(contexts, "hub", max_depth=1, relationships=chosen)
        assert {hit.context.id for hit in hits} == wanted
        back = [walk(contexts, id, max_depth=1, direction=IN, relationships=chosen)[0] for id in weights]
        assert {id for id, hits in zip(weights, back) if "hub" in {hit.context.id for hit in hits}} == wanted
        found = contexts.FindPaths(
            source="hub", target="d", mode=SIMPLE, max_depth=2, direction=OUT, relationships=chosen).paths
        assert len(found) == (bound <= -1) + (bound <= 2)
    assert len(listed(contexts, context="hub")) == 4


def test_x3_a_filter_takes_custom_ones_of_its_names_and_all_of_other_kinds(contexts):
    make(contexts, "hub", "a", "b", "c")
    relate(
        contexts, relationship("hub", "a", CUSTOM, name="cites"), relationship("hub", "b", CUSTOM, name="quotes"),
        relationship("hub", "c", FOLLOWS))
    for names, wanted in [
        ([], "abc"), (["cites"], "ac"), (["quotes"], "bc"), (["cites", "quotes"], "abc"), (["Cites"], "c"),
    ]:
        chosen = {"names": names}
        assert sorted(each.target for each in listed(contexts, context="hub", filter=chosen)) == list(wanted)
        hits, _ = walk(contexts, "hub", max_depth=1, relationships=chosen)
        assert sorted(hit.context.id for hit in hits) == list(wanted)
        for id in "abc":
            found = contexts.FindPaths(source="hub", target=id, max_depth=1, relationships=chosen).paths
            assert len(found) == (id in wanted)
        only = {"names": names, "kinds": [CUSTOM]}
        assert sorted(each.target for each in listed(contexts, filter=only)) == [id for id in wanted if id != "c"]


def test_x3_every_reader_sees_each_position_as_it_was(contexts):
    """Few pairs, so that nearly every write changes, ends or takes away what is there: after each write what readers see,
    and later the same as of its position; just before a position all is as the write before left it."""
    choice = random.Random(34)
    ids = ["n0", "n1", "n2"]
    pairs = [("n0", "n1"), ("n1", "n2"), ("n2", "n0")]
    make(contexts, *ids, tags=["x"])

    def read(**as_of):
        there = set(contexts.ids(**as_of))
        seen = {
            (id, direction): [(hit.context, steps_of(hit.path)) for hit in walk(
                contexts, id, max_depth=2, direction=direction, contexts={"tags": ["x"]}, **as_of)[0]]
            for id in sorted(there) for direction in (OUT, IN, BOTH)}
        paths = None
        if {"n0", "n1"} <= there:
            paths = contexts.FindPaths(source="n0", target="n1", direction=BOTH, mode=SIMPLE, max_depth=3, **as_of)
        lists = [listed(contexts, page_size=2, show_ended=ended, **as_of) for ended in (False, True)]
        lists += [listed(contexts, context=id, direction=BOTH, **as_of) for id in sorted(there)]
        return lists, seen, paths, exported_relationships(contexts, **as_of)

    moments, done = [], {"changed": 0, "ended": 0, "removed": 0, "created": 0}
    for _ in range(90):
        a, b = choice.choice(pairs)
        kind = choice.choice([RELATES_TO, FOLLOWS])
        what = choice.random()
        try:
            if what < 0.5:
                related = relate(contexts, relationship(a, b, kind, weight=choice.randint(1, 9)))[0]
                done["created" if related.version == 1 else "changed"] += 1
                position = related.position
            elif what < 0.8:
                remove = choice.random() < 0.4
                position = unrelate(contexts, ending(a, b, kind, remove=remove))[0].position
                done["removed" if remove else "ended"] += 1
            elif what < 0.87:
                position = contexts.DeleteContext(id=a).position
            elif what < 0.94:
                position = contexts.UndeleteContext(id=a).position
            else:
                position = contexts.update(a, tags=choice.choice([["x"], ["y"]])).position
        except grpc.RpcError as error:
            assert error.code() in (grpc.StatusCode.NOT_FOUND, grpc.StatusCode.ALREADY_EXISTS), error
            continue
        moments.append((position, read()))
    assert min(done.values()) >= 3, done
    for (before, earlier), (position, expected) in list(zip(moments, moments[1:]))[::2]:
        assert read(as_of={"position": position}) == expected, position
        assert read(as_of={"position": position - 1}) == earlier, (before, position)
    refused(
        walk, contexts, "n0", as_of={"position": 10**9}, code=grpc.StatusCode.OUT_OF_RANGE,
        reason="POSITION_IN_FUTURE")
    refused(contexts.ListRelationships, as_of={}, code=grpc.StatusCode.INVALID_ARGUMENT, reason="FIELD_INVALID")
