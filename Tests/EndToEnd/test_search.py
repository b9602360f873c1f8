"""Full-text search with ranking, phrases, prefixes, exclusion, highlights, pages."""

import random

import grpc
import pytest
from cairn.v1 import context_pb2

from harness.project import new_project
from harness.refusals import refused

INVALID = grpc.StatusCode.INVALID_ARGUMENT

CORPUS = {
    "iron": ("The Iron Bridge", "Cast in 1779 over the Severn; the first bridge of iron in the world."),
    "ferry": ("Ferries of the Severn", "Before the bridge a ferry carried people and cattle across."),
    "foot": ("Footpaths", "A footpath leads from the mill to the iron works and over a small bridge."),
    "mill": ("The mill", "Water drives the wheel; the wheel drives the hammer. Bridge of sighs it is not."),
    "order": ("Notes", "A bridge made of iron, not an iron bridge builder's dream; steel came later."),
    "café": ("Café Müller", "Straße und Brücke, naïve façade, 東京 橋."),
    "symbols": ("C++ and e-mail", "Write to someone@example.com about foo_bar; it's O'Reilly's \\ back\\slash."),
}


@pytest.fixture(scope="module")
def corpus(channel):
    contexts = new_project(channel)
    for id, (title, content) in CORPUS.items():
        contexts.create(title, id=id, content=content)
    return contexts


def found(contexts, query, **fields):
    return [hit.context.id for hit in contexts.Search(query=query, **fields).hits]


def test_words_in_the_title_come_first(corpus):
    assert found(corpus, "mill") == ["mill", "foot"]
    assert found(corpus, "severn")[0] == "ferry"
    assert found(corpus, "iron bridge")[0] == "iron"


@pytest.mark.parametrize("query", [
    "zebra -ferry", "zeb* -ferry", "zebra OR yak -ferry", "zebra -ferry -boat", "zebra OR zeb* -ferry", "zebra zebra",
    '"zebra" -"a ferry"', "zebra OR -ferry"])
def test_a_rank_is_that_of_the_words_that_may_be_there(channel, query):
    contexts = new_project(channel)
    contexts.create("zebra", id="title")
    contexts.create("animals", id="often", content="zebra here, zebra there, zebra zebra")
    contexts.create("animals", id="once", content="a zebra on a meadow")
    contexts.create("zebra ferry", id="other", content="a ferry, a boat")
    hits = [hit for hit in contexts.Search(query=query).hits if hit.context.id != "other"]
    assert [hit.context.id for hit in hits] == ["title", "often", "once"]
    assert all(hit.score > 0.01 for hit in hits) and len({hit.score for hit in hits}) == 3
    memories = new_project(channel)
    for hit in hits:
        memories.create(hit.context.title, id=hit.context.id, content=hit.context.content, type=5)
    for match_all in (True, False):
        recalled = memories.Recall(query=query, match_all=match_all, half_life={"seconds": 3_000_000_000}).memories
        assert [each.context.id for each in recalled] == ["title", "often", "once"], match_all
        relevances = [each.parts.relevance for each in recalled]
        assert relevances[0] == 1 > relevances[1] > relevances[2] > 0


def test_words_that_stand_near_each_other_come_before_those_far_apart(channel):
    contexts = new_project(channel)
    contexts.create("far", content="iron " + "and so on " * 30 + "bridge")
    near = contexts.create("near", content="an iron bridge " + "and so on " * 30)
    contexts.create("far", content="bridge " + "and so on " * 30 + "iron")
    hits = contexts.Search(query="bridge iron -ferry").hits
    assert len(hits) == 3 and hits[0].context.id == near.id and hits[0].score > hits[1].score > 0.01


def test_all_words_must_be_there(corpus):
    assert set(found(corpus, "bridge")) == {"iron", "ferry", "foot", "mill", "order"}
    assert set(found(corpus, "bridge iron")) == {"iron", "foot", "order"}
    assert found(corpus, "bridge tokyo") == []


def test_phrases(corpus):
    assert set(found(corpus, '"iron bridge"')) == {"iron", "order"}
    assert found(corpus, '"first bridge of iron"') == ["iron"]
    assert found(corpus, '"bridge iron"') == []
    assert found(corpus, '"wheel drives') == ["mill"]


def test_exclusion(corpus):
    assert set(found(corpus, "bridge -iron")) == {"ferry", "mill"}
    assert set(found(corpus, 'bridge -"iron bridge"')) == {"ferry", "foot", "mill"}
    assert set(found(corpus, "-bridge")) == {"café", "symbols"}


def test_either(corpus):
    assert set(found(corpus, "ferry OR footpath")) == {"ferry", "foot"}
    assert set(found(corpus, "bridge ferry OR footpath")) == {"ferry", "foot"}
    assert set(found(corpus, 'cattle OR "naïve façade" OR hammer')) == {"ferry", "café", "mill"}
    assert found(corpus, "OR cattle OR") == ["ferry"]
    assert found(corpus, "cattle or hammer") == []


def test_prefixes(corpus):
    assert found(corpus, "footp*") == ["foot"]
    assert set(found(corpus, "ferr* OR foot*")) == {"ferry", "foot"}
    assert found(corpus, "footp") == []
    assert "query" in refused(corpus.Search, query="f*", code=INVALID).fields


def test_every_script_and_sign(corpus):
    assert found(corpus, "müller") == found(corpus, "MÜLLER") == found(corpus, "東京") == ["café"]
    for query in ("someone@example.com", "foo_bar", "o'reilly", "C++ e-mail", "back\\slash"):
        assert found(corpus, query) == ["symbols"], query


@pytest.mark.parametrize("query", [
    "'", '"', '""', "\\", "&", "|", "!", "!!", "()", "((a", "a)", ":*", "*", "a:*b", "<->", "a <-> b", "-", "--", "- -",
    "''", "'a' & 'b", "a & | b", "!a", "OR", "OR OR", "-OR", "\t\n", "\u00a0", "🪨", "\u200b", "%",
    "$1", "; DROP TABLE context", '-"', '"-"', "a:A", "' default'", '" default/13/0"', "\ue000", "a" * 1024,
    "\U0001f600" * 1024, "x " * 64])
def test_what_nobody_can_parse_is_read_somehow(corpus, query):
    answer = corpus.Search(query=query, facets=["type"], highlight=True)
    assert len(answer.hits) <= len(CORPUS)


def test_random_queries_are_never_an_error_of_the_database(corpus):
    dice = random.Random(3)
    for _ in range(150):
        query = "".join(dice.choice("ab'\"\\-*|&!():<>~ OR\n\t,.;@/ü") for _ in range(dice.randrange(1, 40)))
        try:
            corpus.Search(query=query)
        except grpc.RpcError as error:
            assert error.code() == INVALID and "before a `*`" in error.details(), (query, error)


def test_highlights(corpus):
    hit = corpus.Search(query='bridge "cast in" seve*', highlight=True).hits[0]

    def marked(highlight):
        return [[part.text for part in passage.parts if part.match] for passage in highlight.passages]

    assert "".join(part.text for part in hit.title.passages[0].parts) == "The Iron Bridge"
    assert marked(hit.title) == [["Bridge"]]
    assert set(marked(hit.content)[0]) == {"Cast", "in", "Severn", "bridge"}
    text = "".join(part.text for passage in hit.content.passages for part in passage.parts)
    assert text in hit.context.content
    assert not corpus.Search(query="bridge").hits[0].HasField("title")


def test_what_stands_in_angle_brackets_is_text(channel):
    contexts = new_project(channel)
    contexts.create("List<String>", id="code", content="std::vector<int> alpha = beta; int *p = &gamma;", tags=["a<tag>"])
    for query in ("int", "vector<int>", '"vector<int> alpha"', "<int>", "gamma", "string", "tag", "&gamma;", "<stri*"):
        assert found(contexts, query) == ["code"], query
    [hit] = contexts.Search(query="int string gamma", highlight=True).hits
    assert "".join(part.text for part in hit.title.passages[0].parts) == "List<String>"
    assert [part.text for part in hit.title.passages[0].parts if part.match] == ["String"]
    assert {part.text for part in hit.content.passages[0].parts if part.match} == {"int", "gamma"}


def test_a_passage_is_a_substring_of_its_text(channel):
    contexts, dice = new_project(channel), random.Random(41)
    pieces = [
        "needle", "NEEDLE", "hay", "straw,", "<b>", "</b>", "<!-- x -->", "<needle>", "a<b", "&lt;", "&needle;", "&",
        "http://x.org/needle?a=1&b=2", "needle-case", "\ue000", "\ue001", "\ue002needle", "\u3000", "東京", "🪨", "\t", "\n",
        "\x01", "e\u0301", "it's", "\\", "1e5", "--"]
    texts = {}
    for n in range(60):
        texts[f"{n:02}"] = [
            dice.choice(["", " "]).join(dice.choices(pieces, k=dice.randrange(1, length))) + " needle"
            for length in (12, 400)]
    contexts.BatchCreateContexts(requests=[
        {"context": {"id": id, "title": title, "content": content}} for id, (title, content) in texts.items()])
    hits = contexts.Search(query="needle OR 東京", highlight=True, page_size=100).hits
    assert len(hits) == 60
    for hit in hits:
        title, content = texts[hit.context.id]
        for highlight, text in [(hit.title, title), (hit.content, content)]:
            assert highlight.passages
            for passage in highlight.passages:
                assert "".join(part.text for part in passage.parts) in text
            assert any(part.match for passage in highlight.passages for part in passage.parts)


def test_phrases_do_not_cross_fields(channel):
    contexts = new_project(channel)
    contexts.create("the iron", id="1", content="works of old", tags=["bridge head", "hard rock"])
    for phrase in ("iron bridge", "head hard", "head rock", "rock works", "iron works", "rock of", "iron bridge head"):
        assert found(contexts, f'"{phrase}"') == [], phrase
    for phrase in ("the iron", "bridge head", "hard rock", "works of old"):
        assert found(contexts, f'"{phrase}"') == ["1"], phrase
    english = new_project(channel, search_language="english")
    english.create("bridge", id="1", content="of iron and the steel", tags=["of the of"])
    assert found(english, '"bridge of iron"') == [] and found(english, '"bridge of the of of iron"') == []
    assert found(english, '"iron and the steel"') == ["1"]


def test_highlights_of_a_long_content_are_bounded(channel):
    contexts = new_project(channel)
    contexts.create("long", content="needle in hay " + "hay and straw " * 20_000 + " needle")
    [hit] = contexts.Search(query="needle", highlight=True, view=context_pb2.CONTEXT_VIEW_BASIC).hits
    assert 1 <= len(hit.content.passages) <= 3 and hit.ByteSize() < 10_000 and not hit.context.content


def test_an_empty_query_lists_the_newest_first(corpus):
    assert found(corpus, "") == list(reversed(CORPUS))
    assert found(corpus, "", order_by="create_time") == list(CORPUS)


def test_filters(channel):
    contexts = new_project(channel)
    dice = random.Random(5)
    stored = []
    for n in range(120):
        stored.append(contexts.create(
            "stone", content="a stone" if n % 3 else "a pebble",
            type=dice.choice([1, 2, 5]), status=dice.choice([1, 2, 3]), owner=dice.choice(["", "ann", "bob"]),
            session=dice.choice(["", "s1", "s'2\\"]),
            tags=dice.sample(["red", "gr'e\\en", "blue moon"], dice.randrange(4))))
    conditions = {
        "types": lambda c, v: c.type in v, "statuses": lambda c, v: c.status in v,
        "tags": lambda c, v: set(v) <= set(c.tags),
        "owner": lambda c, v: c.owner == v, "session": lambda c, v: c.session == v,
        "created_from": lambda c, v: c.create_time.ToNanoseconds() >= v.ToNanoseconds(),
        "created_before": lambda c, v: c.create_time.ToNanoseconds() < v.ToNanoseconds()}
    for seed in range(40):
        dice = random.Random(seed)
        values = {
            "types": dice.sample([1, 2, 5], dice.randrange(1, 3)),
            "statuses": dice.sample([1, 2, 3], dice.randrange(1, 3)),
            "tags": dice.sample(["red", "gr'e\\en", "blue moon"], dice.randrange(1, 3)),
            "owner": "ann", "session": "s'2\\",
            "created_from": stored[dice.randrange(60)].create_time,
            "created_before": stored[60 + dice.randrange(60)].create_time}
        chosen = dice.sample(sorted(values), dice.randrange(4))
        query = dice.choice(["", "pebble", "stone", "stone -pebble"])
        expected = [
            c.id for c in reversed(stored) if all(conditions[name](c, values[name]) for name in chosen)
            and (query != "pebble" or "pebble" in c.content) and ("-" not in query or "pebble" not in c.content)]
        answer = contexts.Search(
            query=query, filter={name: values[name] for name in chosen}, order_by="create_time desc", page_size=100,
            view=context_pb2.CONTEXT_VIEW_BASIC)
        got = [hit.context.id for hit in answer.hits]
        assert got == expected[:100] and answer.total_size == len(expected), (query, chosen)


@pytest.mark.parametrize("order", ["", "create_time", "create_time desc", "update_time", "update_time desc"])
def test_pages_are_complete_without_repeats_while_others_write(channel, order):
    contexts = new_project(channel)
    dice = random.Random(11)
    titles = ["a stone", "stone stone", "gravel"]
    ids = {contexts.create(dice.choice(titles), content="stone " * dice.randrange(1, 4)).id for _ in range(60)}
    seen, token = [], ""
    while True:
        page = contexts.Search(query="stone", page_size=7, page_token=token, order_by=order)
        seen += [hit.context.id for hit in page.hits]
        assert page.total_size == 60 and len(page.hits) == min(7, 60 - len(seen) + len(page.hits))
        contexts.create("stone of later")
        token = page.next_page_token
        if not token:
            break
    assert len(seen) == 60 and set(seen) == ids


def test_a_token_belongs_to_its_search(corpus):
    token = corpus.Search(query="bridge", page_size=2).next_page_token
    assert corpus.Search(query="bridge", page_size=1, page_token=token, facets=["tag"], highlight=True).hits
    for changed in (
            {"query": "iron"}, {"query": "bridge", "order_by": "create_time"},
            {"query": "bridge", "filter": {"owner": "x"}}):
        refused(corpus.Search, page_token=token, code=INVALID, reason="PAGE_TOKEN_INVALID", **changed)
    refused(corpus.Search, query="bridge", page_token="nonsense", code=INVALID, reason="PAGE_TOKEN_INVALID")


def test_wrong_requests_name_every_field(corpus):
    refusal = refused(
        corpus.Search, query="a" * 1025, facets=["type", "colour", "type"], page_size=-1, order_by="title", view=9,
        code=INVALID, reason="FIELD_INVALID")
    assert set(refusal.fields) == {"query", "facets[1]", "facets[2]", "page_size", "order_by", "view"}
    assert "query" in refused(corpus.Search, query="a\0b", code=INVALID).fields
    assert "query" in refused(corpus.Search, query="x " * 65, code=INVALID).fields
    assert "query" in refused(corpus.Search, query="word " * 200_000, code=INVALID).fields


def test_a_search_follows_every_change(channel):
    contexts = new_project(channel)
    context = contexts.create("granite", tags=["hard rock"], content="grey")
    assert found(contexts, "granite") == found(contexts, "grey") == found(contexts, "rock") == [context.id]
    contexts.update(context.id, content="red")
    assert found(contexts, "grey") == [] and found(contexts, "red") == [context.id]
    contexts.update(context.id, ["tags"], tags=["soft"])
    assert found(contexts, "rock") == [] and found(contexts, "", filter={"tags": ["soft"]}) == [context.id]
    contexts.update(context.id, status=3)
    assert found(contexts, "red", filter={"statuses": [3]}) == [context.id]
    assert found(contexts, "red", filter={"statuses": [2]}) == []
    contexts.DeleteContext(id=context.id)
    assert found(contexts, "red") == []
    contexts.UndeleteContext(id=context.id)
    assert found(contexts, "red") == [context.id]


def test_projects_do_not_meet(channel):
    one, other = new_project(channel), new_project(channel)
    mine = one.create("shared word", tags=["t"], owner="o")
    other.create("shared word", tags=["t"], owner="o")
    assert found(one, "shared") == found(one, "", filter={"tags": ["t"], "owner": "o"}) == [mine.id]


def test_very_long_contents_are_stored_and_found_by_their_beginning(channel):
    contexts = new_project(channel)
    dice = random.Random(1)
    alphabet = [chr(0x10400 + n) for n in range(40)] + list("abcdefghij")
    texts = [
        "beginning " + " ".join("".join(dice.choices(alphabet, k=3)) for _ in range(70_000)) + " ending",
        "beginning " + "/".join(f"{n:x}.a" for n in range(120_000)),
        "beginning " + "-".join("".join(dice.choices(alphabet, k=2)) for _ in range(90_000)),
        "beginning " + "x" * 1_000_000,
    ]
    for text in texts:
        text = text.encode()[:1_048_576].decode(errors="ignore")
        context = contexts.create("long", content=text)
        assert context.id in found(contexts, "beginning", view=context_pb2.CONTEXT_VIEW_BASIC)
    assert found(contexts, "ending") == []


def test_a_page_ends_before_it_outgrows_what_clients_take(channel):
    contexts = new_project(channel)
    ids = [contexts.create("large", content="word " * 200_000).id for _ in range(6)]
    seen, token, pages = [], "", 0
    while True:
        page = contexts.Search(query="word", page_token=token)
        assert page.ByteSize() < 4_000_000
        seen += [hit.context.id for hit in page.hits]
        pages += 1
        token = page.next_page_token
        if not token:
            break
    assert seen == ids[::-1] and pages >= 2
