"""An agent on a Work stream, through stock stubs: what it says is put into a queue, what comes is read by a thread."""

import queue
import threading

from cairn.v1 import work_pb2

from . import SLOWNESS
from .refusals import refusal

END_OF_REQUESTS = object()


class Worker:
    """A Work call. `Worker(coordination, "ann", max_load=2)` says hello, and waits for the welcome unless told otherwise."""

    def __init__(self, coordination, id="", token="", hello=True, welcome=True, **agent):
        self.id = id
        self._requests = queue.Queue()
        self._sequence = 0
        self.arrived = []
        self.error = None
        self._news = threading.Condition()
        self._has_ended = False
        if hello:
            self.say(hello={"agent": {"id": id, **agent}, "resume_token": token}, sequence=0)
        self.call = coordination._methods.Work(
            iter(self._requests.get, END_OF_REQUESTS), metadata=coordination.metadata, timeout=600 * SLOWNESS)
        threading.Thread(target=self._read, daemon=True).start()
        if hello and welcome:
            self.welcome = self.next("welcome")

    def _read(self):
        try:
            for response in self.call:
                with self._news:
                    self.arrived.append(response)
                    self._news.notify_all()
        except Exception as error:
            self.error = error
        with self._news:
            self._has_ended = True
            self._news.notify_all()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.cut()

    # What it says

    def say(self, sequence=None, **message):
        """Sends one message; returns its number."""
        if sequence is None:
            self._sequence += 1
            sequence = self._sequence
        self._requests.put(work_pb2.WorkRequest(sequence=sequence, **message))
        return sequence

    def beat(self, **fields):
        return self.say(sequence=0, heartbeat=fields)

    def hang_up(self):
        self._requests.put(END_OF_REQUESTS)

    def cut(self):
        """Goes away in the middle."""
        self.call.cancel()
        self._requests.put(END_OF_REQUESTS)

    @staticmethod
    def _held(task):
        return {"task": task.id, "lease_epoch": task.lease.epoch}

    def start(self, task):
        return self.answer(self.say(start=self._held(task)))

    def complete(self, task, **result):
        return self.answer(self.say(complete={**self._held(task), "result": result}))

    def fail(self, task, reason="broken", **fields):
        return self.answer(self.say(fail={**self._held(task), "reason": reason, **fields}))

    def release(self, task):
        return self.answer(self.say(release=self._held(task)))

    # What it is told

    def kinds(self, kind):
        """All that came of a kind."""
        return [getattr(each, kind) for each in list(self.arrived) if each.WhichOneof("message") == kind]

    def next(self, kind, count=1, timeout=60):
        """The `count`th of what comes of a kind, counted from the beginning of the stream."""
        with self._news:
            there = self._news.wait_for(
                lambda: len(self.kinds(kind)) >= count or self._has_ended, timeout * SLOWNESS)
        found = self.kinds(kind)
        assert there and len(found) >= count, f"{self.id} got no {kind} {count}: {self.error or self.arrived[-5:]}"
        return found[count - 1]

    def task(self, count=1, **fields):
        """The task of the `count`th assignment."""
        return self.next("assignment", count, **fields).task

    @property
    def tasks(self):
        return [each.task.id for each in self.kinds("assignment")]

    def answer(self, sequence, timeout=60):
        """What a message came to: the outcome's task, or its status."""
        def found():
            return [each for each in self.kinds("acknowledgement") if each.sequence == sequence]
        with self._news:
            self._news.wait_for(lambda: found() or self._has_ended, timeout * SLOWNESS)
        assert found(), f"{self.id} got no answer to {sequence}: {self.error or self.arrived[-5:]}"
        acknowledgement = found()[0]
        return getattr(acknowledgement.outcome, acknowledgement.outcome.WhichOneof("outcome") or "task")

    def end(self, timeout=60):
        """How the stream ended: a refusal, None when it ended well."""
        with self._news:
            assert self._news.wait_for(lambda: self._has_ended, timeout * SLOWNESS), "the stream did not end"
        return refusal(self.error) if self.error else None


def reason_of(status):
    """The reason of a google.rpc.Status."""
    from google.rpc import error_details_pb2
    for detail in status.details:
        info = error_details_pb2.ErrorInfo()
        if detail.Unpack(info):
            return info.reason
    return ""
