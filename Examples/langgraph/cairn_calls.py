"""What CairnSaver and CairnStore share: names for strings of any length, and calls from threads and event loops alike.

An operation is a generator. It yields a Call, is sent the response or thrown the error, and returns its result; or it
yields a Future, which is waited for. So its steps are written once, and Calls carries them out for synchronous and
asynchronous callers.
"""

import asyncio
import concurrent.futures
import contextlib
import hashlib
from typing import NamedTuple

import grpc
from cairn.v1 import context_pb2 as pb
from cairn.v1.context_pb2_grpc import ContextServiceStub
from google.protobuf.field_mask_pb2 import FieldMask

# What a context may hold, and what requests are kept below: a server takes messages of up to 4 MiB.
CONTEXT_BYTES = 1 << 20
REQUEST_BYTES = 3 << 20
# Items of a batch, and contexts of a page.
MOST = 1000
EVERY_FIELD = FieldMask(paths=["*"])
# Of ListContexts and BatchGetContexts: without contents.
BASIC = pb.CONTEXT_VIEW_BASIC


class Call(NamedTuple):
    """A call of ContextService."""

    method: str
    request: object


class Calls:
    """Carries out operations, in one project."""

    def __init__(self, channel, project, timeout):
        self._stub = ContextServiceStub(channel)
        # A server that is being started again is waited for, at most for the time of a call.
        self._options = {"timeout": timeout, "metadata": [("cairn-project", project)], "wait_for_ready": True}

    def run(self, steps):
        """Runs an operation on this thread."""
        answer = error = None
        with contextlib.closing(steps):
            while True:
                try:
                    call = steps.throw(error) if error else steps.send(answer)
                except StopIteration as end:
                    return end.value
                answer = error = None
                try:
                    answer = self._answer(call)
                except grpc.RpcError as caught:
                    error = caught

    async def arun(self, steps):
        """Runs an operation on the event loop, which goes on meanwhile."""
        answer = error = None
        with contextlib.closing(steps):
            while True:
                try:
                    call = steps.throw(error) if error else steps.send(answer)
                except StopIteration as end:
                    return end.value
                answer = error = None
                try:
                    answer = await self._answered(call)
                except grpc.RpcError as caught:
                    error = caught

    def _answer(self, call):
        if isinstance(call, concurrent.futures.Future):
            return call.result()
        return getattr(self._stub, call.method)(call.request, **self._options)

    async def _answered(self, call):
        if isinstance(call, concurrent.futures.Future):
            # Others wait for it, too: it is not cancelled with this one.
            return await asyncio.shield(asyncio.wrap_future(call))
        loop = asyncio.get_running_loop()
        ended = loop.create_future()

        def tell(_):
            # The loop may be gone by the time that a cancelled call ends.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(lambda: ended.done() or ended.set_result(None))

        sent = getattr(self._stub, call.method).future(call.request, **self._options)
        sent.add_done_callback(tell)
        try:
            await ended
        except asyncio.CancelledError:
            sent.cancel()
            raise
        return sent.result()


def digest(*parts):
    """A name for a tuple of strings, whatever is in them: 32 hexadecimal digits of a hash."""
    hashed = hashlib.blake2b(digest_size=16)
    for part in parts:
        data = part if isinstance(part, bytes) else as_bytes(part)
        hashed.update(len(data).to_bytes(8, "big") + data)
    return hashed.hexdigest()


def as_bytes(text):
    """The bytes of any str, with half characters, which have no UTF-8."""
    return text.encode("utf-8", "surrogatepass")


def as_text(data):
    return data.decode("utf-8", "surrogatepass")


def is_status(error, code):
    """Whether a google.rpc.Status of a batch has this code."""
    return error.code == code.value[0]


def create(context):
    """Stores a context unless there is one with its id. Returns whether it was stored."""
    request = pb.CreateContextRequest(context=context)
    for on_deleted in (request.ON_DELETED_REFUSE, request.ON_DELETED_REPLACE):
        request.on_deleted = on_deleted
        try:
            yield Call("CreateContext", request)
            return True
        except grpc.RpcError as error:
            if error.code() != grpc.StatusCode.ALREADY_EXISTS:
                raise
    return False


def store(contexts):
    """Stores contexts in the place of those with their ids, if any: one write, all or none.

    Where some of the ids belong to deleted contexts it takes two writes more, and those come first.
    """
    while contexts:
        try:
            yield Call("BatchUpdateContexts", pb.BatchUpdateContextsRequest(atomic=True, requests=[
                pb.UpdateContextRequest(context=context, update_mask=EVERY_FIELD, allow_missing=True)
                for context in contexts]))
            return
        except grpc.RpcError as error:
            if error.code() != grpc.StatusCode.NOT_FOUND:
                raise
        answer = yield Call("BatchCreateContexts", pb.BatchCreateContextsRequest(requests=[
            pb.CreateContextRequest(context=context, on_deleted=pb.CreateContextRequest.ON_DELETED_REPLACE)
            for context in contexts]))
        contexts = [
            context for context, result in zip(contexts, answer.results) if is_refused(
                result, grpc.StatusCode.ALREADY_EXISTS)]


def is_refused(result, *expected):
    """Whether an item of a batch has failed for an expected reason. Another one is an error."""
    if not result.HasField("error"):
        return False
    if not any(is_status(result.error, code) for code in expected):
        raise RuntimeError(result.error.message)
    return True


def in_batches(contexts):
    """The contexts in groups that one request has room for, in their order."""
    batch, size = [], 0
    for context in contexts:
        length = context.ByteSize()
        if batch and (size + length > REQUEST_BYTES or len(batch) == MOST):
            yield batch
            batch, size = [], 0
        batch.append(context)
        size += length
    if batch:
        yield batch


def delete(ids):
    """Deletes contexts, those that are there: in writes of a thousand, each all or none."""
    for first in range(0, len(ids), MOST):
        yield Call("BatchDeleteContexts", pb.BatchDeleteContextsRequest(atomic=True, requests=[
            pb.DeleteContextRequest(id=id, allow_missing=True) for id in ids[first:first + MOST]]))


def listed(**fields):
    """All contexts of a list."""
    found, token = [], ""
    while True:
        page = yield Call("ListContexts", pb.ListContextsRequest(page_size=MOST, page_token=token, **fields))
        found.extend(page.contexts)
        token = page.next_page_token
        if not token:
            return found


def fetched(ids):
    """Those of the contexts that there are, by id. An answer that is full leaves some out: they are asked for again."""
    found, waiting = {}, list(dict.fromkeys(ids))
    while waiting:
        asked, waiting = waiting[:MOST], waiting[MOST:]
        answer = yield Call("BatchGetContexts", pb.BatchGetContextsRequest(ids=asked))
        for id, result in zip(asked, answer.results):
            if not is_refused(result, grpc.StatusCode.NOT_FOUND, grpc.StatusCode.RESOURCE_EXHAUSTED):
                found[id] = result.context
            elif is_status(result.error, grpc.StatusCode.RESOURCE_EXHAUSTED):
                waiting.append(id)
    return found
