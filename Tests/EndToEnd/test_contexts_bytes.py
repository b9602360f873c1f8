"""Texts are told apart by their bytes: canonically equivalent ids, names and request ids are two of them."""

import pytest
from cairn.v1 import context_pb2, relationship_pb2, template_pb2

from harness.project import new_project
from harness.results import codes
from harness.transfer import NEW_IDS, OVERWRITE, SKIP, Import, export, records

# An `é` of one code point and of two, and the Kelvin sign beside the letter that it is equivalent to.
NFC, NFD, KELVIN, LETTER = "caf\u00e9", "cafe\u0301", "\u212a", "K"
PAIRS = pytest.mark.parametrize("one, other", [(NFC, NFD), (KELVIN, LETTER)])
CONTAINS, CUSTOM = relationship_pb2.RELATIONSHIP_KIND_CONTAINS, relationship_pb2.RELATIONSHIP_KIND_CUSTOM


def creation(id, **fields):
    return context_pb2.CreateContextRequest(context=context_pb2.Context(id=id, **({"title": f"of {id}"} | fields)))


def create(contexts, *ids, **fields):
    response = contexts.BatchCreateContexts(requests=[creation(id, **fields) for id in ids])
    assert codes(response) == [0] * len(ids)
    return [result.context for result in response.results]


def relationship(source, target, name="leads to"):
    return relationship_pb2.Relationship(source=source, target=target, kind=CUSTOM, name=name)


def relate(contexts, *relationships):
    response = contexts.RelateContexts(relationships=relationships)
    assert codes(response) == [0] * len(relationships)
    return [result.relationship for result in response.results]


def reached(contexts, start, **fields):
    return [hit.context.id for event in contexts.Traverse(start=start, **fields) for hit in event.hits]


@PAIRS
def test_contexts_of_one_batch_are_written_each_under_its_own_id(contexts, one, other):
    assert [context.id for context in create(contexts, one, other)] == [one, other]
    assert [contexts.GetContext(id=id).title for id in (one, other)] == [f"of {one}", f"of {other}"]
    response = contexts.BatchUpdateContexts(requests=[
        context_pb2.UpdateContextRequest(context=context_pb2.Context(id=id, title=f"new {id}"))
        for id in (other, one)])
    assert [result.context.title for result in response.results] == [f"new {other}", f"new {one}"]
    response = contexts.BatchDeleteContexts(requests=[context_pb2.DeleteContextRequest(id=one)])
    assert codes(response) == [0]
    assert contexts.GetContext(id=other).title == f"new {other}"
    # What is there under one id says nothing about the other.
    response = contexts.BatchCreateContexts(requests=[creation(one), creation(other + "x"), creation(other)])
    assert [code != 0 for code in codes(response)] == [True, False, True]


@PAIRS
def test_an_id_that_is_taken_refuses_no_other_one(contexts, one, other):
    create(contexts, one)
    response = contexts.BatchCreateContexts(requests=[creation(other), creation(one)])
    assert [code != 0 for code in codes(response)] == [False, True]


@PAIRS
def test_the_repeated_answer_of_a_batch_has_both(contexts, one, other):
    requests = [creation(one), creation(other)]
    for _ in range(2):
        response = contexts.BatchCreateContexts(requests=requests, request_id="again")
        assert [result.context.title for result in response.results] == [f"of {one}", f"of {other}"]


@PAIRS
def test_request_ids_are_two_requests(contexts, one, other):
    made = [contexts.create(title=f"for {id}", request_id=id) for id in (one, other)]
    assert made[0].id != made[1].id
    assert [contexts.create(title=f"for {id}", request_id=id).id for id in (one, other)] == [each.id for each in made]


@PAIRS
def test_a_watch_delivers_the_one_that_it_names(contexts, one, other):
    create(contexts, other, one)
    watcher = contexts.watch(ids=[one], after_position=0).caught_up()
    contexts.update(other, title="not watched")
    contexts.update(one, title="watched")
    watcher.wait_for_changes(2)
    assert [(change.context.id, change.context.title) for change in watcher.changes] == [
        (one, f"of {one}"), (one, "watched")]
    watcher.close()


@PAIRS
def test_walks_reach_both_and_paths_lead_through_both(contexts, one, other):
    create(contexts, "from", one, other, "to")
    stored = relate(
        contexts, relationship("from", one), relationship("from", other), relationship(one, "to"),
        relationship(other, "to"))
    assert [(each.source, each.target) for each in stored] == [
        ("from", one), ("from", other), (one, "to"), (other, "to")]
    assert sorted(reached(contexts, ["from"], max_depth=1)) == sorted([one, other])
    assert reached(contexts, [one, other], max_depth=1) == ["to"]
    found = contexts.FindPaths(source="from", target="to", mode=1)
    assert sorted(path.steps[0].target for path in found.paths) == sorted([one, other])
    # A relationship between the two is no loop, and a way from one to the other no cycle.
    relate(contexts, relationship(one, other))
    found = contexts.FindPaths(source=one, target=other, mode=1)
    assert [[(step.source, step.target) for step in path.steps] for path in found.paths] == [[(one, other)]]


@PAIRS
def test_one_may_contain_the_other(contexts, one, other):
    create(contexts, one, other, "inside")
    contained = [
        relationship_pb2.Relationship(source=source, target=target, kind=CONTAINS)
        for source, target in [(one, other), (other, "inside")]]
    relate(contexts, *contained)
    back = relationship_pb2.Relationship(source="inside", target=one, kind=CONTAINS)
    assert codes(contexts.RelateContexts(relationships=[back])) != [0]


@PAIRS
def test_names_make_two_relationships(contexts, one, other):
    create(contexts, "from", "to")
    relate(contexts, relationship("from", "to", one), relationship("from", "to", other))
    listed = contexts.ListRelationships(context="from").relationships
    assert sorted(each.name for each in listed) == sorted([one, other])
    found = contexts.FindPaths(source="from", target="to", mode=1)
    assert sorted(path.steps[0].name for path in found.paths) == sorted([one, other])


@PAIRS
def test_a_memory_supersedes_both(contexts, one, other):
    for id in (one, other):
        contexts.Remember(context=context_pb2.Context(id=id, content=f"of {id}", memory={"kind": 1}))
    response = contexts.Supersede(
        context=context_pb2.Context(id="new", content="both", memory={"kind": 1}),
        superseded=[{"id": one}, {"id": other}])
    assert [context.id for context in response.superseded] == [one, other]
    listed = contexts.ListRelationships(context="new").relationships
    assert sorted(each.target for each in listed) == sorted([one, other])


@PAIRS
def test_a_memory_may_be_superseded_by_its_equivalent(contexts, one, other):
    contexts.Remember(context=context_pb2.Context(id=one, content="old", memory={"kind": 1}))
    response = contexts.Supersede(
        context=context_pb2.Context(id=other, content="new", memory={"kind": 1}), superseded=[{"id": one}])
    assert (response.context.id, [context.id for context in response.superseded]) == (other, [one])


@PAIRS
def test_templates_stand_in_each_other(contexts, one, other):
    for id, content in [(one, "inner"), (other, "outer {{> %s}}" % one)]:
        contexts.CreateTemplate(
            definition=template_pb2.Template(id=id, title="a template", context_title="made", content=content))
    assert contexts.RenderTemplate(id=other).content == "outer inner"
    contexts.CreateTemplate(definition=template_pb2.Template(
        id="both", title="a template", context_title="made", content="{{> %s}}+{{> %s}}" % (one, other)))
    assert contexts.RenderTemplate(id="both").content == "inner+outer inner"


@PAIRS
def test_templates_add_tags_that_only_look_alike(contexts, one, other):
    contexts.CreateTemplate(definition=template_pb2.Template(
        id="tagged", title="a template", context_title="made", content="text", tags=[one]))
    made = contexts.CreateContextFromTemplate(
        template_id="tagged", context=context_pb2.Context(tags=[other, one]))
    assert list(made.tags) == [one, other]


@pytest.mark.parametrize("mode", [SKIP, OVERWRITE, NEW_IDS])
@PAIRS
def test_an_export_is_imported_with_both(contexts, channel, one, other, mode):
    create(contexts, one, other, "third")
    relate(contexts, relationship("third", one), relationship("third", other))
    found = list(records(export(contexts, include_relationships=True)))
    there = new_project(channel)
    running = Import(there, mode=mode)
    running.send(records=found)
    last = running.finish()
    assert (last.stored, last.skipped, last.failed, running.failures) == (5, 0, 0, {})
    titles = {each.title for each in there.list()}
    assert titles == {f"of {one}", f"of {other}", "of third"}
    assert len(there.ListRelationships().relationships) == 2


@PAIRS
def test_metadata_keep_both_keys(contexts, one, other):
    made = context_pb2.Context(id="x", title="t")
    made.metadata.update({one: 1, other: 2, "deep": {other: "b", one: "a"}})
    stored = contexts.CreateContext(context=made)
    for found in (stored, contexts.GetContext(id="x")):
        assert found.metadata == made.metadata
    values = context_pb2.Context(metadata=made.metadata)
    values.metadata.update({one: 3, other: 4, "deep": {one: "c", other: "d"}})
    changed = contexts.update(
        "x", paths=[f"metadata.{one}", f"metadata.deep.{other}"], metadata=values.metadata)
    assert dict(changed.metadata) | {"deep": None} == {one: 3, other: 2, "deep": None}
    assert dict(changed.metadata["deep"]) == {one: "a", other: "d"}
    both = contexts.update("x", paths=[f"metadata.{other}", f"metadata.{one}"], metadata=values.metadata)
    assert dict(both.metadata) | {"deep": None} == {one: 3, other: 4, "deep": None}
    gone = contexts.update("x", paths=[f"metadata.{one}"], metadata={})
    assert one not in dict(gone.metadata) and gone.metadata[other] == 4
    differences = contexts.DiffContextVersions(id="x", from_version=1, to_version=4).fields
    assert sorted(each.path for each in differences) == sorted(
        [f"metadata.{one}", f"metadata.{other}", f"metadata.deep.{other}"])
