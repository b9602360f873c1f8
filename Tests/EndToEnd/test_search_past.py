"""Searches as of a moment find what ListContexts of that moment shows."""

import random

import grpc

from harness.project import new_project
from harness.refusals import refused


def test_searches_of_the_past(channel):
    contexts = new_project(channel)
    dice = random.Random(17)
    words = ["granite", "basalt", "marble", "slate"]
    ids, moments = [], []
    for n in range(120):
        what = dice.random()
        if what < 0.4 or not ids:
            text = dice.choice(words)
            made = contexts.create(
                f"a {text}", content=f"{text} and {dice.choice(words)}", tags=dice.sample(["x", "y"], 1))
            ids.append(made.id)
            moments.append(made.position)
            continue
        id = dice.choice(ids)
        if contexts.GetContext(id=id, show_deleted=True).HasField("delete_time"):
            changed = contexts.UndeleteContext(id=id)
        elif what < 0.8:
            changed = contexts.update(id, content=dice.choice(words), tags=dice.sample(["x", "y"], 1))
        elif what < 0.9:
            changed = contexts.update(id, status=dice.choice([1, 2, 3]))
        else:
            changed = contexts.DeleteContext(id=id)
        moments.append(changed.position)
    for position in dice.sample(moments, 40):
        word, tags = dice.choice(words), dice.choice([[], ["x"]])
        past = contexts.list(as_of={"position": position}, page_size=1000)
        expected = {c.id: c.version for c in past if word in c.title + c.content and set(tags) <= set(c.tags)}
        found, token = {}, ""
        while True:
            page = contexts.Search(
                query=word, filter={"tags": tags}, as_of={"position": position}, page_size=5,
                page_token=token, facets=["tag"], highlight=True)
            assert page.total_size == len(expected)
            for hit in page.hits:
                assert hit.context.id not in found and hit.context in past
                found[hit.context.id] = hit.context.version
            token = page.next_page_token
            if not token:
                break
        assert found == expected, position
    refused(
        contexts.Search, query="x", as_of={"position": 1 << 60}, code=grpc.StatusCode.OUT_OF_RANGE,
        reason="POSITION_IN_FUTURE")
