"""Recall answers questions: any word will do, and more and rarer ones count more."""

import random

import grpc
import pytest
from cairn.v1 import context_pb2

from harness.project import new_project
from harness.refusals import refused

MEMORY = 5
YEARS = {"seconds": 3_000_000_000}

FIRST = (
    "Anna Boris Clara David Emma Felix Greta Hugo Irene Jonas Karla Lukas Maria Nils Olga Paul Rosa Stefan Tina Viktor"
).split()
LAST = "Ahlberg Brandt Castillo Dubois Eriksen Farrow Galli Horvat Ivanova Jansen Keller Lindqvist Moreau".split()
CITIES = "Lyon Porto Bergen Gdansk Tartu Split Ghent Cork Malmo Turin Graz Brno Vigo Leiden Basel".split()
FOODS = "peanuts shellfish gluten soy celery mustard lupin sesame walnuts strawberries kiwi tomatoes".split()
JOBS = "welder nurse pilot carpenter librarian surveyor translator baker geologist midwife notary glazier".split()
FIRMS = "Northwind Bluestone Halcyon Meridian Quillon Tessera Vantage Wexford Zephyr Larkspur".split()
SPORTS = "chess badminton curling fencing handball rowing squash volleyball archery croquet".split()
BEASTS = "tortoise parrot hamster greyhound ferret iguana canary rabbit spaniel goldfish".split()
SERVICES = "billing gateway ledger scheduler indexer mailer uploader resolver collector archiver".split()
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
COLOURS = "green blue crimson yellow violet orange silver maroon".split()

# What is remembered of a person, and how it is asked for.
FACTS = [
    ("{who} lives in {city}, not far from the station.", "Where does {who} live?", CITIES),
    ("{who} is allergic to {food}.", "What should I not cook for {who} because of an allergy?", FOODS),
    ("{who} works as a {job} at {firm}.", "Which company does {who} work for?", JOBS),
    ("{who} plays {sport} on weekends.", "What does {who} like to play?", SPORTS),
    ("{who} has a {beast} that is called {name}.", "What is the {beast} of {who} called?", BEASTS),
    ("{who} asked to be called before the {service} is deployed on {day}.",
     "Who asked to be called before a deploy of the {service} on {day}?", SERVICES),
    ("The favourite colour of {who} is {colour}.", "Tell me the favourite colour of {who}, please.", COLOURS),
]
WORDY = (
    "I have been thinking about this for quite a while and I am not sure that I remember it all, but since you keep "
    "notes of what we said, and since it would be of great help for what I want to do next, could you look it up for me "
    "and tell me in a few words what you know about it, as far as it was said by anybody at any time in one of our "
    "conversations, whatever it is: {}")


def made_up(seed):
    """1,000 memories and 200 questions, each with the number of the memory that answers it."""
    dice = random.Random(seed)
    people = [f"{first} {last}" for first in FIRST for last in LAST]
    cases = []
    for who in people:
        for memory, question, _ in dice.sample(FACTS, 4):
            words = {
                "who": who, "city": dice.choice(CITIES), "food": dice.choice(FOODS), "job": dice.choice(JOBS),
                "firm": dice.choice(FIRMS), "sport": dice.choice(SPORTS), "beast": dice.choice(BEASTS),
                "service": dice.choice(SERVICES), "day": dice.choice(DAYS), "colour": dice.choice(COLOURS),
                "name": dice.choice(FIRST)}
            cases.append((memory.format(**words), question.format(**words)))
    dice.shuffle(cases)
    cases = cases[:1000]
    memories = [memory for memory, _ in cases]
    # A question that two memories answer alike asks for either.
    questions = [
        (question, {n for n, case in enumerate(cases) if case[1] == question})
        for question in (cases[n][1] for n in dice.sample(range(len(cases)), 200))]
    return memories, questions


@pytest.fixture(scope="module", params=["simple", "english"])
def asked(channel, request):
    contexts = new_project(channel, search_language=request.param)
    memories, questions = made_up(2024)
    assert len(memories) == 1000 and len(questions) == 200
    contexts.BatchCreateContexts(requests=[
        {"context": {"id": f"{n}", "title": memory, "content": memory, "type": MEMORY}}
        for n, memory in enumerate(memories)])
    contexts.language = request.param
    return contexts, questions


def hit_rate(contexts, questions, **fields):
    hits = 0
    for question, answers in questions:
        first = contexts.Recall(query=question, limit=3, half_life=YEARS, **fields).memories
        hits += any(int(each.context.id) in answers for each in first)
    return hits / len(questions)


def test_x8_questions_find_their_answer_among_the_first_three(asked):
    rate = hit_rate(*asked)
    print(f"hit in the first three: {rate}")
    assert rate >= 0.9


def test_x8_long_questions_find_it_too(asked):
    contexts, questions = asked
    wordy = [(WORDY.format(question), answers) for question, answers in questions[:50]]
    assert min(len(question.split()) for question, _ in wordy) > 65
    rate = hit_rate(contexts, wordy)
    print(f"hit in the first three: {rate}")
    assert rate >= 0.9


def remember(contexts, id, content):
    return contexts.Remember(context=context_pb2.Context(id=id, content=content))


def recall(contexts, query, **fields):
    return {
        each.context.id: each.parts.relevance
        for each in contexts.Recall(query=query, limit=100, half_life=YEARS, **fields).memories}


def test_x8_a_question_finds_what_was_said(channel):
    contexts = new_project(channel)
    remember(contexts, "lyon", "Anna lives in Lyon")
    assert recall(contexts, "Where does Anna live?") == {"lyon": 1}
    assert recall(contexts, "Where does Anna live?", match_all=True) == {}
    assert recall(contexts, "?") == {} and recall(contexts, "Anna's address") == {"lyon": 1}


def test_x8_rarer_words_count_more_and_common_ones_next_to_nothing(channel):
    contexts = new_project(channel)
    for number in range(80):
        half = " about the harbour" if number % 2 else ""
        remember(contexts, f"{number}", f"the user said to us{half} number{number}")
    remember(contexts, "zebra", "the user said: zebra")
    found = recall(contexts, "what was it that the user said about a zebra in the harbour?")
    assert list(found)[0] == "zebra" and found["zebra"] == 1
    assert 0.05 < found["1"] < 0.4, "half of all say harbour"
    assert found["0"] < 0.02, "all say the, user, said"
    both = recall(contexts, "number7 zebra number8")
    assert set(both) == {"7", "8", "zebra"}
    remember(contexts, "two", "number7 zebra")
    assert list(recall(contexts, "number7 zebra number8"))[0] == "two", "more words count more"


def test_x8_phrases_prefixes_and_exclusions_keep_their_meaning(channel):
    contexts = new_project(channel)
    remember(contexts, "bridge", "an iron bridge")
    remember(contexts, "iron", "a bridge of iron")
    remember(contexts, "ferry", "footpath to the ferry")
    assert set(recall(contexts, '"iron bridge"')) == {"bridge"}
    assert set(recall(contexts, '"iron bridge" foot*')) == {"bridge", "ferry"}
    assert set(recall(contexts, "iron ferry -bridge")) == {"ferry"}
    assert recall(contexts, "-bridge") == {"ferry": 1}
    assert recall(contexts, "zebra -bridge") == {}
    assert list(recall(contexts, 'iron "iron bridge"')) == ["bridge", "iron"]
    assert set(recall(contexts, "<iron>")) == {"bridge", "iron"}
    invalid = grpc.StatusCode.INVALID_ARGUMENT
    assert "query" in refused(contexts.Recall, query="f*", code=invalid).fields
    assert "query" in refused(contexts.Recall, query="-x " * 65, code=invalid).fields
    assert "query" in refused(contexts.Recall, query="x " * 65, match_all=True, code=invalid).fields
    assert "query" in refused(contexts.Recall, query="x" * 4097, code=invalid).fields
    assert recall(contexts, "x " * 2048) == {} and recall(contexts, " ".join(f"w{n}" for n in range(700))) == {}


def test_x8_what_was_true_then_is_asked_the_same_way(channel):
    contexts = new_project(channel)
    old = remember(contexts, "home", "Anna lives in Lyon")
    contexts.update("home", content="Anna moved to Porto", title="Anna moved to Porto")
    assert recall(contexts, "does Anna live in Lyon?", as_of={"position": old.position}) == {"home": 1}
    assert recall(contexts, "who lives in Lyon?") == {}


def test_x8_words_far_inside_of_a_long_memory_count_a_little(channel):
    contexts = new_project(channel)
    remember(contexts, "long", "beginning " + "and so on " * 1000 + " zebra")
    remember(contexts, "short", "a zebra")
    assert recall(contexts, "zebra") == {"short": 1, "long": 0.01}
