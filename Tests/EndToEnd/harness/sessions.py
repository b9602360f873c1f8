"""The sessions of one project through stock stubs: their life, their logs and their feeds."""

import queue

from cairn.v1 import session_log_pb2, session_pb2, session_resource_pb2

from .feed import Feed
from .project import new_project
from .services import ProjectMethods

EVENT, STATE, OUTCOME = (
    session_resource_pb2.SessionEvent, session_resource_pb2.SessionState, session_resource_pb2.SessionOutcome)
WORKING, BROKEN, COORDINATING, COMPLETED = (
    STATE.Value(f"SESSION_STATE_{name}") for name in ("WORKING", "BROKEN", "COORDINATING", "COMPLETED"))
MODIFIED, BROKE, TEST_PASS, CHECKPOINT, HANDOFF, START, END, CUSTOM, RESTORED, MESSAGE = (
    EVENT.Type.Value(f"TYPE_{name}") for name in (
        "MODIFIED", "BROKE", "TEST_PASS", "CHECKPOINT", "HANDOFF", "START", "END", "CUSTOM", "RESTORED", "MESSAGE"))
ADDED = session_resource_pb2.EventChange.OPERATION_ADDED
FOREVER = {"seconds": 0}


def note(name="note", **fields):
    """An event that needs nothing else."""
    return {"type": CUSTOM, "name": name, **fields}


def change(*entities, operation=ADDED, **fields):
    """What a MODIFIED event changed."""
    return {"entities": entities or ["an entity"], "operation": operation, **fields}


def to(state, **fields):
    """An event that leads to a state."""
    return note(transition={"to_state": state, **fields})


class Sessions(ProjectMethods):
    """The sessions of one project. `metadata` is of each call: `agent="ann"` is `cairn-agent: ann`."""

    def __init__(self, channel, project, **metadata):
        super().__init__(
            channel,
            [("cairn-project", project)]
            + [(f"cairn-{key.replace('_', '-')}", value) for key, value in metadata.items()])
        self.project = project

    def begin(self, id="", agent="", request_id="", validate_only=False, **session):
        return self.CreateSession(
            session={"id": id, **session}, agent=agent, request_id=request_id, validate_only=validate_only)

    def append(self, session, event=None, **fields):
        """Appends an event, a note unless another is given."""
        return self.AppendEvent(session=session, event=event or note(), **fields)

    def pages(self, session, **fields):
        """Every page of a log."""
        token = ""
        while True:
            page = self.ListEvents(session=session, page_token=token, **fields)
            yield page
            token = page.next_page_token
            if not token:
                return

    def events(self, session, **fields):
        """All events of a log, whatever the pages."""
        return [event for page in self.pages(session, **fields) for event in page.events]

    def sequences(self, session, **fields):
        return [event.sequence for event in self.events(session, **fields)]

    def list(self, page_size=0, show_deleted=False, **filter):
        """All sessions that a filter lets pass, whatever the pages."""
        found, token = [], ""
        while True:
            page = self.ListSessions(
                filter=filter, page_size=page_size, show_deleted=show_deleted, page_token=token)
            found += page.sessions
            token = page.next_page_token
            if not token:
                return found

    def ids(self, **filter):
        return [session.id for session in self.list(**filter)]

    def stream(self, timeout=120):
        """A stream of appends that has begun."""
        return AppendStream(self, timeout)

    def follow(self, session, **fields):
        """Watches a session's log."""
        return LogFeed(self.WatchSession(session=session, timeout=None, **fields))

    def watch(self, **fields):
        """Watches the sessions."""
        return Feed(self.WatchSessions(timeout=None, **fields))

    def elsewhere(self, channel, **metadata):
        """The same project through another channel, with the same metadata and more."""
        other = Sessions(channel, self.project, **metadata)
        other.metadata = [*self.metadata, *other.metadata[1:]]
        return other

    def acting(self, **metadata):
        return self.elsewhere(self.channel, **metadata)


class LogFeed(Feed):
    """What WatchSession sends."""

    news = "appended"

    @property
    def sequences(self):
        return [event.sequence for event in self.changes]


END_OF_STREAM = object()


class AppendStream:
    """An AppendEvents call, whose requests are sent one by one."""

    def __init__(self, sessions, timeout):
        self._queue = queue.Queue()
        self.responses = []
        self.call = sessions._methods.AppendEvents(
            iter(self._queue.get, END_OF_STREAM), timeout=timeout, metadata=sessions.metadata)

    def send(self, events, session="", **fields):
        self._queue.put(session_log_pb2.AppendEventsRequest(
            session=session, events=[EVENT(**event) for event in events], **fields))
        return self

    def receive(self):
        """The next response; nothing stored is told of twice, so their counts rise."""
        response = next(self.call)
        assert not self.responses or response.appended >= self.responses[-1].appended
        self.responses.append(response)
        return response

    def receive_until(self, appended):
        while not self.responses or self.responses[-1].appended < appended:
            self.receive()
        return self.responses[-1]

    def rest(self):
        """Says that there is no more, and returns the last response, None when nothing was sent."""
        self._queue.put(END_OF_STREAM)
        for response in self.call:
            self.responses.append(response)
        return self.responses[-1] if self.responses else None

    def cut(self):
        """Goes away in the middle."""
        self.call.cancel()
        self._queue.put(END_OF_STREAM)


def new_sessions(channel, **metadata):
    """Makes a project and returns its sessions."""
    return Sessions(channel, new_project(channel).project, **metadata)


CHANGE = session_pb2.SessionChange
