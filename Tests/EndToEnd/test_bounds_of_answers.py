"""`page_size` and `limit` mean the same everywhere: 0 is the standard, too much is cut, a negative number is wrong."""

import re

import grpc
import pytest

from harness import ROOT
from harness.project import new_project
from harness.refusals import refused
from harness.services import methods

BOUNDS = ("page_size", "limit")
LARGEST = 2**31 - 1
# What else a request of each method needs. The items that it then finds are fewer than its largest bound.
METHODS = {
    "ListContexts": {},
    "ListContextVersions": {"id": "a"},
    "ListRelationships": {},
    "ListTemplates": {},
    "Search": {"query": "stone"},
    "Recall": {"query": "stone"},
    "Traverse": {"start": ["a"]},
    "FindPaths": {"source": "a", "target": "b"},
    "ListOperations": {},
    "ListProjects": {},
    "ListSessions": {},
    "ListEvents": {"session": "s"},
    "ListCheckpoints": {"session": "s"},
    "ListMessages": {"session": "s"},
    "ListTransitions": {"session": "s"},
    "IsolateAgent": {"session": "s", "agent": "mason"},
    "ListSessionsByEntity": {"entity": "a stone"},
    "ListTimeline": {"session": "s"},
    "ListSessionImpacts": {"session": "s"},
    "ListSessionChanges": {"session": "s"},
    "ListSessionTree": {"session": "s"},
    "ListRecordings": {},
    "ListFrames": {"source": {"session": "s"}},
    "ListAgentFigures": {},
    "ListAgents": {},
    "ListQueues": {},
    "ListTasks": {},
}


def bounded_methods():
    """Every method whose request has such a field, as (method, field)."""
    for name, (method, _) in methods().items():
        for bound in BOUNDS:
            if bound in method.input_type.fields_by_name:
                yield name, bound


def comment(method):
    """What the proto says of the bound of a method, on one line, with the largest value that it names."""
    name = f"{method}Request"
    for file in (ROOT / "Protos/cairn/v1").glob("*.proto"):
        if found := re.search(rf"^message {name} {{(.*?)^}}", file.read_text(), re.M | re.S):
            text = re.search(r"((?:^ *//.*\n)+)^ *int32 (?:page_size|limit) =", found[1], re.M)[1]
            return re.sub(r"\s*\n\s*//\s*|^\s*//\s*", " ", text)
    raise AssertionError(f"no message {name}")


def largest(method):
    return int(re.search(r"\(more is cut to ([\d,]+)\)", comment(method))[1].replace(",", ""))


@pytest.fixture(scope="module")
def project(channel):
    """Three stones, each related to the next."""
    contexts = new_project(channel)
    for id in "abc":
        contexts.Remember(context={"id": id, "content": f"A stone {id}."})
    contexts.RelateContexts(relationships=[
        {"source": source, "target": target, "kind": "RELATIONSHIP_KIND_RELATES_TO"} for source, target in ("ab", "bc")])
    contexts.update("a", content="A stone twice.")
    contexts.CreateTemplate(definition={"id": "t", "title": "A stone", "context_title": "A stone", "content": "A stone."})
    for id in "rs":
        contexts.CreateSession(session={"id": id, "entities": ["a stone"]}, agent="mason")
    contexts.RecordCodeChange(session="s", change={"entities": ["a stone"], "operation": "OPERATION_ADDED"})
    for title in ("one", "two"):
        contexts.CreateCheckpoint(session="s", title=title)
        contexts.AppendMessage(session="s", message={"role": "ROLE_USER", "content": "A stone."})
    return contexts


@pytest.fixture(scope="module")
def call(channel, project):
    def call(name, **fields):
        method, _ = methods()[name]
        answer = getattr(project, name)(**METHODS[name], **fields)
        if name == "Recall":  # Scores grow old from one answer to the next.
            return [memory.context.id for memory in answer.memories]
        return list(answer) if method.server_streaming else answer

    return call


def test_every_method_with_a_bound_is_in_the_table():
    assert {method for method, _ in bounded_methods()} == set(METHODS)


@pytest.mark.parametrize("method, bound", bounded_methods())
def test_a_bound_too_large_is_cut(call, method, bound):
    most = call(method, **{bound: largest(method)})
    assert most == call(method, **{bound: largest(method) + 1}) == call(method, **{bound: LARGEST})


@pytest.mark.parametrize("method, bound", bounded_methods())
def test_a_negative_bound_is_wrong(call, method, bound):
    for value in (-1, -2**31):
        refusal = refused(
            call, method, **{bound: value}, code=grpc.StatusCode.INVALID_ARGUMENT, reason="FIELD_INVALID")
        assert refusal.fields == {bound: "must not be negative"}


@pytest.mark.parametrize("method, bound", bounded_methods())
def test_zero_is_the_standard_that_the_proto_names(call, method, bound):
    standard = int(re.search(r"0 means ([\d,]+)", comment(method))[1].replace(",", ""))
    assert 0 < standard <= largest(method)
    assert call(method, **{bound: 0}) == call(method, **{bound: standard})


@pytest.mark.parametrize("method, items, field", [
    ("ListContexts", 1_010, "contexts"), ("Search", 110, "hits"),
    ("Recall", 110, "memories")])
def test_an_answer_holds_no_more_than_its_largest_bound(channel, method, items, field):
    contexts = new_project(channel)
    kind = "CONTEXT_TYPE_MEMORY"
    for first in range(0, items, 500):
        contexts.BatchCreateContexts(atomic=True, requests=[
            {"context": {"title": f"stone {n}", "type": kind}} for n in range(first, min(items, first + 500))])
    bound = dict(bounded_methods())[method]
    answer = getattr(contexts, method)(**{bound: LARGEST})
    assert len(getattr(answer, field)) == largest(method) < items
