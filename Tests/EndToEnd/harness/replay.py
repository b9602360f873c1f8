"""Recordings of one project's sessions through stock stubs, and replays that are being played."""

import hashlib
import json
import queue
import threading
import time

from cairn.v1 import replay_pb2
from google.protobuf import json_format

from . import SLOWNESS
from .project import new_project
from .sessions import STATE, Sessions

RECORDING, SNAPSHOT, STATUS, FINDING = (
    replay_pb2.Recording, replay_pb2.ReplaySnapshot, replay_pb2.PlaybackStatus, replay_pb2.ReplayFinding)
END_OF_REQUESTS = object()


class Replays(Sessions):
    """The sessions of one project with their recordings."""

    def record(self, session, request_id="", validate_only=False, **recording):
        return self.StartRecording(
            recording={"session": session, **recording}, request_id=request_id, validate_only=validate_only)

    def recordings(self, page_size=0, **filter):
        """The pages of a list."""
        pages, token = [], ""
        while True:
            page = self.ListRecordings(page_size=page_size, page_token=token, filter=filter)
            pages.append(list(page.recordings))
            token = page.next_page_token
            if not token:
                return pages

    def frame_pages(self, page_size=0, filter=None, **source):
        pages, token = [], ""
        while True:
            page = self.ListFrames(source=source, filter=filter, page_size=page_size, page_token=token)
            pages.append(list(page.frames))
            token = page.next_page_token
            if not token:
                return pages

    def frames(self, page_size=0, filter=None, **source):
        """All frames of a replay, whatever the pages."""
        return [frame for page in self.frame_pages(page_size, filter, **source) for frame in page]

    def play(self, start=None, **source):
        return Playing(self, {"source": source, **(start or {})})

    def validate(self, frames=(), **source):
        return self.ValidateReplay(source=source, frames=frames)

    def elsewhere(self, channel, **metadata):
        other = Replays(channel, self.project, **metadata)
        other.metadata = [*self.metadata, *other.metadata[1:]]
        return other


def new_replays(channel, **metadata):
    return Replays(channel, new_project(channel).project, **metadata)


class Playing:
    """A PlayReplay call. Its responses are read by a thread, with the time at which each came."""

    def __init__(self, replays, start, reads=True):
        self._requests = queue.Queue()
        self.say(start=start)
        self.call = replays._methods.PlayReplay(
            iter(self._requests.get, END_OF_REQUESTS), metadata=replays.metadata, timeout=300 * SLOWNESS)
        self.arrived = []
        self.error = None
        self._news = threading.Condition()
        self._has_ended = False
        if reads:
            threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        try:
            for response in self.call:
                with self._news:
                    self.arrived.append((time.monotonic(), response))
                    self._news.notify_all()
        except Exception as error:
            self.error = error
        with self._news:
            self._has_ended = True
            self._news.notify_all()

    def say(self, **command):
        self._requests.put(replay_pb2.PlayReplayRequest(**command))
        return self

    def hang_up(self):
        """Says that nothing more is said."""
        self._requests.put(END_OF_REQUESTS)
        return self

    def cancel(self):
        self.call.cancel()
        self._requests.put(END_OF_REQUESTS)

    @property
    def responses(self):
        return [response for _, response in self.arrived]

    @property
    def frames(self):
        return [response.frame for response in self.responses if response.HasField("frame")]

    @property
    def sequences(self):
        """The places of the events that came."""
        return [frame.sequence for frame in self.frames if frame.HasField("event")]

    @property
    def statuses(self):
        return [response.status for response in self.responses if response.HasField("status")]

    def times(self):
        """When each event came."""
        return [at for at, response in self.arrived if response.HasField("frame") and response.frame.HasField("event")]

    def until(self, condition, what, timeout=30):
        with self._news:
            assert self._news.wait_for(lambda: condition(self) or self._has_ended, timeout * SLOWNESS), what
        assert condition(self), (what, self.error, self.responses)
        return self

    def told(self, kind):
        """Waits for a status."""
        number = STATUS.Kind.Value(f"KIND_{kind}")
        self.until(lambda playing: any(status.kind == number for status in playing.statuses), f"it says {kind}")
        return [status for status in self.statuses if status.kind == number][-1]

    def ended(self, timeout=60):
        """Waits for the end of the call; returns its last response. Errors are kept."""
        with self._news:
            assert self._news.wait_for(lambda: self._has_ended, timeout * SLOWNESS), "the call ends"
        return self.responses[-1] if self.responses else None


def checksum(snapshot):
    """Of the canonical form that the proto documents. Metadata here have integers, texts, lists and objects only."""
    metadata = floats(json_format.MessageToDict(snapshot.metadata)) if snapshot.HasField("metadata") else {}
    lines = ["cairn-snapshot-1", STATE.Name(snapshot.state), str(snapshot.event_count), str(len(snapshot.agents))]
    lines += sorted(snapshot.agents)
    lines.append(json.dumps(metadata, sort_keys=True, separators=(",", ":"), ensure_ascii=False))
    return hashlib.sha256("".join(line + "\n" for line in lines).encode()).hexdigest()


def floats(value):
    if isinstance(value, dict):
        return {key: floats(part) for key, part in value.items()}
    if isinstance(value, list):
        return [floats(part) for part in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value
