"""Follows the changes of a project, is cut off, and goes on where it stopped: nothing is missed or seen twice."""

import os

import grpc
from cairn.v1 import context_pb2
from cairn.v1.context_pb2_grpc import ContextServiceStub

channel = grpc.insecure_channel(os.environ.get("CAIRN_ADDRESS", "127.0.0.1:7433"))
metadata = [("cairn-project", os.environ.get("CAIRN_PROJECT", "default"))]
contexts = ContextServiceStub(channel)


def create(title):
    return contexts.CreateContext(
        context_pb2.CreateContextRequest(context=context_pb2.Context(title=title)), metadata=metadata)


class Place:
    """How far the feed was read. A program keeps this wherever it keeps what it made of the changes."""

    def __init__(self, position):
        self.position, self.ordinal = position, None

    def passed(self, response):
        if response.HasField("change"):
            self.position, self.ordinal = response.change.position, response.change.ordinal
        elif response.HasField("checkpoint"):
            self.position, self.ordinal = response.checkpoint.position, None


def follow(place, count):
    """Prints the next changes behind a place, then ends the call, as a cut would."""
    call = contexts.WatchContexts(
        context_pb2.WatchContextsRequest(after_position=place.position, after_ordinal=place.ordinal),
        metadata=metadata)
    for response in call:
        place.passed(response)
        if response.HasField("change"):
            kind = context_pb2.ContextChange.Kind.Name(response.change.kind).removeprefix("KIND_").lower()
            print(f"{kind}: {response.change.context.title}")
            count -= 1
            if count == 0:
                return call.cancel()


first = create("one")
create("two")
place = Place(first.position - 1)
follow(place, 1)
print("cut")
create("three")
follow(place, 2)
