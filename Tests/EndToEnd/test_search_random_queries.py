"""Random queries over random texts find what a reference says, which knows nothing of PostgreSQL."""

import random

import pytest
from cairn.v1 import context_pb2

from harness.project import new_project

WORDS = ["stone", "stones", "store", "bridge", "bridges", "brick", "river", "iron", "over", "mill"]


@pytest.fixture(scope="module")
def corpus(channel):
    contexts, dice = new_project(channel), random.Random(23)
    texts = {}
    requests = []
    for n in range(400):
        title = " ".join(dice.choices(WORDS, k=dice.randrange(1, 4)))
        content = " ".join(dice.choices(WORDS, k=dice.randrange(0, 9)))
        tags = list({" ".join(dice.choices(WORDS, k=dice.choice([1, 1, 2]))) for _ in range(dice.randrange(0, 4))})
        texts[f"{n:03}"] = [field.split() for field in (title, content, *tags)]
        requests.append({"context": {"id": f"{n:03}", "title": title, "content": content, "tags": tags}})
    contexts.BatchCreateContexts(requests=requests, atomic=True)
    return contexts, texts


class Term:
    """A word, a phrase or a prefix, perhaps excluded."""

    def __init__(self, dice):
        self.words = dice.choices(WORDS, k=dice.choice([1, 1, 1, 2, 3]))
        self.is_prefix = len(self.words) == 1 and dice.random() < 0.3
        if self.is_prefix:
            self.words = [self.words[0][:dice.randrange(2, 5)]]
        self.is_excluded = dice.random() < 0.25

    @property
    def text(self):
        text = f'"{" ".join(self.words)}"' if len(self.words) > 1 else self.words[0]
        return ("-" if self.is_excluded else "") + text + ("*" if self.is_prefix else "")

    def holds(self, fields):
        """Whether it is met by a context whose fields have these words; a phrase lies within one of them."""
        if self.is_prefix:
            found = any(word.startswith(self.words[0]) for words in fields for word in words)
        else:
            length = len(self.words)
            found = any(words[at:at + length] == self.words for words in fields for at in range(len(words)))
        return found != self.is_excluded


def random_query(dice):
    """Groups, of which each must be met, of terms, of which one must be."""
    return [[Term(dice) for _ in range(dice.choice([1, 1, 2, 3]))] for _ in range(dice.randrange(1, 4))]


@pytest.mark.parametrize("seed", range(8))
def test_random_queries_find_what_a_reference_does(corpus, seed):
    contexts, texts = corpus
    dice = random.Random(seed)
    some = 0
    for _ in range(25):
        groups = random_query(dice)
        query = " ".join(" OR ".join(term.text for term in group) for group in groups)
        expected = {
            id for id, fields in texts.items()
            if all(any(term.holds(fields) for term in group) for group in groups)}
        found, token = [], ""
        while True:
            page = contexts.Search(
                query=query, page_size=100, page_token=token, view=context_pb2.CONTEXT_VIEW_BASIC)
            assert page.total_size == len(expected) and not page.total_is_estimated, query
            found += [hit.context.id for hit in page.hits]
            scores = [hit.score for hit in page.hits]
            assert scores == sorted(scores, reverse=True)
            token = page.next_page_token
            if not token:
                break
        assert len(found) == len(set(found)) and set(found) == expected, query
        some += 0 < len(expected) < len(texts)
    assert some > 5, "the queries tell contexts apart"
