"""Facets are the counts that the test makes itself, under the same filters."""

import collections
import random

import pytest
from cairn.v1 import context_pb2

from harness.project import new_project

FACETS = ["type", "status", "tag", "owner", "month"]


@pytest.fixture(scope="module")
def corpus(channel, module_database):
    """Four hundred random contexts, created over two years, some deleted."""
    contexts = new_project(channel)
    dice = random.Random(13)
    for n in range(400):
        context = contexts.create(
            dice.choice(["red stone", "grey stone", "pebble"]), type=dice.choice([1, 2, 5, 7]),
            status=dice.choice([1, 2, 2, 3]), owner=dice.choice(["", "ann", "bob", "ünï"]),
            tags=dice.sample(["a", "b b", "c'c", "d"], dice.randrange(4)))
        if n % 10 == 0:
            contexts.DeleteContext(id=context.id)
    for table in ("context", "context_text"):
        module_database.query(
            f"UPDATE {table} SET create_time = '2025-01-01Z'::timestamptz + number % 700 * interval '1 day 1 hour'"
            f" WHERE project_id = '{contexts.project}'")
    return contexts, contexts.list(page_size=1000)


def counted(contexts):
    names = context_pb2.ContextType.Name, context_pb2.ContextStatus.Name
    return {
        "type": collections.Counter(names[0](c.type) for c in contexts),
        "status": collections.Counter(names[1](c.status) for c in contexts),
        "tag": collections.Counter(tag for c in contexts for tag in c.tags),
        "owner": collections.Counter(c.owner for c in contexts if c.owner),
        "month": collections.Counter(c.create_time.ToDatetime().strftime("%Y-%m") for c in contexts),
    }


@pytest.mark.parametrize("seed", range(25))
def test_facets_equal_the_tests_own_counts(corpus, seed):
    contexts, stored = corpus
    dice = random.Random(seed)
    values = {
        "types": dice.sample([1, 2, 5, 7], 2), "statuses": dice.sample([1, 2, 3], 2),
        "tags": dice.sample(["a", "b b", "c'c"], 1),
        "owner": dice.choice(["ann", "ünï"]), "created_from": dice.choice(stored).create_time}
    tests = {
        "types": lambda c, v: c.type in v, "statuses": lambda c, v: c.status in v,
        "tags": lambda c, v: set(v) <= set(c.tags),
        "owner": lambda c, v: c.owner == v,
        "created_from": lambda c, v: c.create_time.ToNanoseconds() >= v.ToNanoseconds()}
    chosen = dice.sample(sorted(values), dice.randrange(3))
    word = dice.choice(["", "stone", "red"])
    expected = counted([
        c for c in stored if word in c.title and all(tests[name](c, values[name]) for name in chosen)])
    asked = dice.sample(FACETS, dice.randrange(1, 6))
    answer = contexts.Search(
        query=word, filter={name: values[name] for name in chosen}, facets=asked, page_size=1)
    assert [facet.name for facet in answer.facets] == asked and not answer.total_is_estimated
    for facet in answer.facets:
        assert {v.value: v.count for v in facet.values} == expected[facet.name], facet.name
        assert not facet.estimated
        counts = [(-v.count, v.value) for v in facet.values] if facet.name != "month" else []
        assert [c for c, _ in counts] == sorted(c for c, _ in counts)


def test_facets_stay_the_same_from_page_to_page(corpus):
    contexts, _ = corpus
    first = contexts.Search(query="stone", facets=FACETS, page_size=10)
    second = contexts.Search(query="stone", facets=FACETS, page_size=10, page_token=first.next_page_token)
    assert first.facets == second.facets and first.total_size == second.total_size


def test_nothing_found_counts_nothing(corpus):
    answer = corpus[0].Search(query="nothing", facets=FACETS)
    assert [(f.name, len(f.values)) for f in answer.facets] == [(name, 0) for name in FACETS] and answer.total_size == 0


def test_counts_beyond_the_bound_are_estimates_and_say_so(start_server, database):
    server = start_server("--database-url", database.url, "--search-matches", "50")
    with server.channel() as channel:
        contexts = new_project(channel)
        contexts.BatchCreateContexts(atomic=True, requests=[
            {"context": {
                "title": "stone", "owner": "even" if n % 2 else "odd", "content": "common" if n % 50 else "rare"}}
            for n in range(400)])
        answer = contexts.Search(query="stone", facets=["owner"], page_size=20)
        assert answer.total_is_estimated and 300 <= answer.total_size <= 500
        [facet] = answer.facets
        assert facet.estimated and all(150 <= value.count <= 250 for value in facet.values)
        hits, token = len(answer.hits), answer.next_page_token
        while token:
            page = contexts.Search(query="stone", page_token=token, page_size=20)
            hits, token = hits + len(page.hits), page.next_page_token
        assert hits == 50
        rare = contexts.Search(query="rare", facets=["owner"])
        assert rare.total_size == 8 and not rare.total_is_estimated and not rare.facets[0].estimated
