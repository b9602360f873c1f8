"""Words that are still to be made: nobody takes them for missing, or waits for who makes them."""

import random

from harness.postgres import Session
from harness.project import new_project
from harness.transfer import OVERWRITE, imported


def words(dice, size):
    """Text of nothing but different words: what an index of words takes longest for."""
    return " ".join("".join(dice.choices("abcdefghijklmnopqrstuvwxyz", k=6)) for _ in range(size // 7))


def found(contexts, query):
    return {hit.context.id for hit in contexts.Search(query=query, page_size=100).hits}


def test_what_is_left_out_is_not_found_before_its_words_are_there(start_server, database):
    """A text whose words are still to be made is not taken for one without the word."""
    server = start_server("--database-url", database.url)
    with server.channel() as channel:
        contexts = new_project(channel)
        contexts.create(id="ferry", content="a ferry")
        contexts.create(id="yak", content="a yak")
        contexts.Remember(context={"id": "memory", "content": "a yak remembered"})
        # As a write leaves them until the words are made.
        unfinished = "UPDATE context_text SET words = array_to_tsvector(context_marks(project_id, number, type, owner,"
        unfinished += " session, tags)), is_whole = false WHERE context_id IN ('ferry', 'memory')"
        database.query(unfinished)
        assert found(contexts, "-ferry") == {"yak"} and found(contexts, "yak OR -ferry") == {"yak"}
        assert found(contexts, "") == {"ferry", "yak", "memory"}
        assert [memory.context.id for memory in contexts.Recall(query="-ferry").memories] == []
        assert [memory.context.id for memory in contexts.Recall(query="-ferry", match_all=True).memories] == []
        now = contexts.create(id="later").position
        assert {hit.context.id for hit in contexts.Search(query="-ferry", as_of={"position": now}).hits} == {"yak", "later"}


def test_an_import_finishes_the_words_of_what_it_overwrites(start_server, database):
    """The past of a long text that a short one replaces is found when the import is over, and by nobody's sweep."""
    server = start_server("--database-url", database.url, "--context-sweep-interval", "1h")
    with server.channel() as channel:
        contexts = new_project(channel)
        text = words(random.Random(43), 60_000)
        position = contexts.create(id="a", content=text).position
        imported(contexts, [{"id": "a", "title": "t", "content": "short"}], mode=OVERWRITE)
        assert found(contexts, "short") == {"a"} and found(contexts, text.split()[-1]) == set()
        past = contexts.Search(query=text.split()[-1], as_of={"position": position})
        assert [hit.context.id for hit in past.hits] == ["a"]
        assert database.value("SELECT count(*) FROM context_version WHERE words IS NULL AND words_from IS NOT NULL") == "0"


def test_two_who_make_the_same_words_do_not_wait_for_each_other(database, channel, module_database):
    """What one holds the other leaves to it."""
    contexts = new_project(channel)
    contexts.create(id="a", content="some words")
    contexts.update("a", content="other words")
    module_database.query(
        f"UPDATE context_text SET is_whole = false WHERE project_id = '{contexts.project}';"
        f" UPDATE context_version SET words = NULL WHERE project_id = '{contexts.project}'")
    finish = f"SELECT made FROM context_text_finish('{contexts.project}', '{{a}}', 1000)"
    with Session(module_database) as session:
        session.execute(f"BEGIN; {finish}")
        assert module_database.value(f"SET lock_timeout = '1ms'; {finish}") == "0"
        session.execute("COMMIT")
    assert module_database.value(finish) == "0"
    assert found(contexts, "other") == {"a"}
