"""Watchers of feeds that read on a thread of their own and can say where they are."""

import threading

import grpc
from cairn.v1 import context_pb2, context_pb2_grpc

from .waiting import eventually


class Feed:
    """Collects what a `Watch…` method sends until it ends or is closed. `news` is the field with what happened."""

    news = "change"

    def __init__(self, call):
        self.events = []
        self.earlier = []
        self.error = None
        self.journal = None
        self.call = call
        self._taken = 0
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self):
        try:
            for event in self.call:
                self.journal = event.journal_id
                self.events.append(event)
        except grpc.RpcError as error:
            self.error = error

    @property
    def changes(self):
        return [getattr(event, self.news) for event in self.earlier + self.events if event.HasField(self.news)]

    @property
    def cursor(self):
        """Where to go on: (position, ordinal), the ordinal None at the border between two positions."""
        for event in reversed(self.earlier + self.events):
            kind = event.WhichOneof("event")
            if kind == self.news:
                return getattr(event, kind).position, getattr(event, kind).ordinal
            return getattr(event, kind).position, None
        return None

    def caught_up(self):
        """Waits until the past has been sent."""
        eventually(
            lambda: self.error or any(event.WhichOneof("event") == "caught_up" for event in self.events),
            "the feed is caught up")
        assert self.error is None, self.error
        return self

    def wait_for_changes(self, count, timeout=30):
        eventually(lambda: len(self.changes) >= count or self.error, f"{count} changes in the feed", timeout)
        return self.changes

    def next_changes(self, count, timeout=30):
        """So many changes after those that were taken before."""
        found = self.wait_for_changes(self._taken + count, timeout)[self._taken:self._taken + count]
        assert len(found) == count, self.error
        self._taken += count
        return found

    def ended(self, timeout=30):
        """Waits for the end of the stream and returns the error that it ended with, if any."""
        self._thread.join(timeout)
        assert not self._thread.is_alive(), "the feed did not end"
        return self.error

    def close(self):
        self.call.cancel()
        self._thread.join(10)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Watcher(Feed):
    """What WatchContexts sends."""

    def __init__(self, channel, metadata=None, **request):
        stub = context_pb2_grpc.ContextServiceStub(channel)
        super().__init__(stub.WatchContexts(context_pb2.WatchContextsRequest(**request), metadata=metadata))

    def resumed(self, channel):
        """A watcher that goes on where this one ended, and knows what it saw."""
        position, ordinal = self.cursor
        other = Watcher(channel, after_position=position, after_ordinal=ordinal, journal_id=self.journal)
        other.earlier = self.earlier + self.events
        return other
