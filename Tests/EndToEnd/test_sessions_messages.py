"""Conversations in sessions: messages with their tokens, and the newest of them that fit."""

import random

import grpc
import pytest
from cairn.v1 import session_resource_pb2

from harness.refusals import refused
from harness.sessions import new_sessions, note

MESSAGE = session_resource_pb2.SessionMessage
INVALID, NOT_FOUND = grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.NOT_FOUND
USER, ASSISTANT = MESSAGE.ROLE_USER, MESSAGE.ROLE_ASSISTANT


@pytest.fixture
def sessions(channel):
    return new_sessions(channel)


def say(sessions, session, content, role=USER, **fields):
    message = {"role": role, "content": content, **{key: fields.pop(key) for key in ("token_count", "tokenizer", "name") if key in fields}}
    return sessions.AppendMessage(session=session, message=message, **fields)


def texts(messages):
    return [event.message.content for event in messages]


def test_x15_the_newest_messages_that_fit_in_order(sessions):
    id = sessions.begin().id
    for number in range(30):
        say(sessions, id, str(number), token_count=100)
        sessions.append(id, note())
    window = sessions.GetMessageWindow(session=id, token_budget=500)
    assert texts(window.messages) == ["25", "26", "27", "28", "29"]
    assert (window.token_count, window.tokenizer, window.has_older) == (500, "bytes/4", True)
    assert texts(sessions.GetMessageWindow(session=id, token_budget=499).messages) == ["26", "27", "28", "29"]
    assert texts(sessions.GetMessageWindow(session=id, token_budget=10**9, max_messages=2).messages) == ["28", "29"]
    everything = sessions.GetMessageWindow(session=id, token_budget=10**9)
    assert len(everything.messages) == 30 and not everything.has_older


def test_a_window_against_a_model(sessions):
    dice = random.Random(7)
    id = sessions.begin().id
    said = []
    for number in range(60):
        content = "é" * dice.randrange(40)
        count = dice.choice([0, 0, dice.randrange(1, 30)])
        say(sessions, id, content, token_count=count)
        said.append((content, count or (len(content.encode()) + 3) // 4))
    for budget in [1, 2, 5, 17, 60, 200, 1000]:
        fitting, total = [], 0
        for content, tokens in reversed(said):
            if total + tokens > budget:
                break
            fitting.insert(0, content)
            total += tokens
        window = sessions.GetMessageWindow(session=id, token_budget=budget)
        assert (texts(window.messages), window.token_count) == (fitting, total), budget
        assert window.has_older == (len(fitting) < len(said))


def test_messages_are_events_and_are_listed_alone(sessions):
    id = sessions.begin(agent="ann").id
    sessions.append(id, note())
    first = say(sessions, id, "hello", role=ASSISTANT, agent="ann", name="model-1")
    say(sessions, id, "there", request_id="r")
    say(sessions, id, "there", request_id="r")
    listed = sessions.ListMessages(session=id)
    assert texts(listed.messages) == ["hello", "there"] and listed.journal_id
    told = listed.messages[0]
    assert (told.sequence, told.agent, told.message.role, told.message.name) == (2, "ann", ASSISTANT, "model-1")
    assert (told.message.token_count, told.message.tokenizer, told.position) == (2, "bytes/4", first.position)
    assert texts(sessions.ListMessages(session=id, order_by="sequence desc").messages) == ["there", "hello"]
    page = sessions.ListMessages(session=id, page_size=1)
    assert texts(sessions.ListMessages(session=id, page_size=1, page_token=page.next_page_token).messages) == ["there"]
    assert [event.sequence for event in sessions.events(id)] == [1, 2, 3]


def test_a_message_of_a_megabyte_and_one_more_byte(sessions):
    id = sessions.begin().id
    content = "x" * (1 << 20)
    say(sessions, id, content)
    for _ in range(3):
        say(sessions, id, content)
    # No more than an answer can hold.
    window = sessions.GetMessageWindow(session=id, token_budget=10**9)
    assert len(window.messages) == 2 and window.has_older
    refused(say, sessions, id, content + "x", code=INVALID, reason="FIELD_INVALID")


def test_nothing_fits_and_nothing_is_there_are_told_apart(sessions):
    id = sessions.begin().id
    empty = sessions.GetMessageWindow(session=id, token_budget=1)
    assert (list(empty.messages), empty.has_older) == ([], False)
    say(sessions, id, "x" * 100)
    full = sessions.GetMessageWindow(session=id, token_budget=1)
    assert (list(full.messages), full.has_older) == ([], True)
    refused(sessions.GetMessageWindow, session="none", token_budget=1, code=NOT_FOUND, reason="SESSION_NOT_FOUND")
    sessions.DeleteSession(id=id)
    refused(sessions.GetMessageWindow, session=id, token_budget=100, code=NOT_FOUND, reason="SESSION_DELETED")
    refused(sessions.ListMessages, session=id, code=NOT_FOUND, reason="SESSION_DELETED")


def test_wrong_fields_are_named_at_once(sessions):
    id = sessions.begin().id
    wrong = refused(
        sessions.AppendMessage, session="", agent="\n", code=INVALID,
        message={"role": 0, "content": "\0", "name": "x" * 129, "token_count": -1, "tokenizer": "\n"})
    assert set(wrong.fields) == {
        "session", "agent", "message.role", "message.content", "message.name", "message.token_count",
        "message.tokenizer"}
    refused(sessions.AppendMessage, session=id, code=INVALID, reason="FIELD_INVALID")
    window = refused(sessions.GetMessageWindow, session="", token_budget=0, max_messages=-1, code=INVALID)
    assert set(window.fields) == {"session", "token_budget", "max_messages"}
    event = refused(sessions.append, id, {"type": 10}, code=INVALID)
    assert set(event.fields) == {"event.message"}
    extra = refused(sessions.append, id, note(message={"role": 1}), code=INVALID)
    assert set(extra.fields) == {"event.message"}
