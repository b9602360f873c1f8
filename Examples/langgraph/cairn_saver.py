"""CairnSaver keeps the checkpoints of LangGraph's threads in a Cairn server.

A checkpoint is a context, and so are the writes of one call of `put_writes`. What belongs to one checkpoint has the same
`owner`; the newest checkpoint of a thread and namespace is the one created last among those with their `session`. Two
things make the order of creation that of checkpoints: one that is stored when a higher one is there gets no session, and
writes that are stored before their checkpoint, as LangGraph does in the background, are named in it.

Values of more than 64 KiB are contexts of their own, named by a hash of what is in them, so that steps that leave them
alone do not store them again; one of more than 1 MiB is cut into several.
"""

import collections
import concurrent.futures
import contextlib
import itertools
import re
import threading
from typing import NamedTuple

import ormsgpack
from cairn.v1 import context_pb2 as pb
from google.protobuf.field_mask_pb2 import FieldMask
from langgraph.checkpoint.base import (
    WRITES_IDX_MAP, BaseCheckpointSaver, CheckpointTuple, get_checkpoint_id, get_serializable_checkpoint_metadata,
    writes_sort_key)

from cairn_calls import (
    BASIC, CONTEXT_BYTES, Call, Calls, as_bytes, as_text, create, delete, digest, fetched, in_batches, listed, store)

# Values with more bytes are apart.
APART_BYTES = 1 << 16
# What a record holds without them, some room for names left.
RECORD_BYTES = CONTEXT_BYTES - (1 << 16)
# Contexts asked for to find the newest checkpoint with its writes, first and then; checkpoints that a list loads at once.
FIRST_LOOK, NEXT_LOOK, LOADED = 2, 100, 50
# Checkpoints that a saver remembers, and namespaces of threads.
REMEMBERED = 1000
# LangGraph's own are UUIDs. `!` comes before all of these, so that ids of contexts sort as those of checkpoints do: those
# of one write are in this order.
CHECKPOINT_ID = re.compile(r"[0-9A-Za-z_.:~-]{1,48}")
TYPE = pb.CONTEXT_TYPE_CONVERSATION
MEDIA_TYPE = "application/vnd.langgraph+msgpack"


class Recent(collections.OrderedDict):
    """The last of what was kept."""

    def keep(self, key, value):
        self[key] = value
        self.move_to_end(key)
        if len(self) > REMEMBERED:
            self.popitem(last=False)


class Place(NamedTuple):
    """Where checkpoints stand: a thread and a namespace."""

    thread: str
    namespace: str

    @classmethod
    def of(cls, config):
        configurable = config["configurable"]
        return cls(str(configurable["thread_id"]), configurable.get("checkpoint_ns") or "")

    @property
    def name(self):
        return digest("place", self.thread, self.namespace)

    def config(self, checkpoint):
        return {"configurable": {
            "thread_id": self.thread, "checkpoint_ns": self.namespace, "checkpoint_id": checkpoint}}


class Name(NamedTuple):
    """What the id of a record says: `lg!PLACE!CHECKPOINT!c`, or `…!w!TASK!SLOTS` of writes."""

    place: str
    checkpoint: str

    @classmethod
    def of(cls, context):
        return cls(*context.id.split("!", 3)[1:3])


def is_record(context):
    return context.id.startswith("lg!")


def is_checkpoint(context):
    return context.id.endswith("!c")


def is_special(writes):
    """Writes to special channels take the place of earlier ones; others are kept as they were stored first."""
    return writes.id.rpartition("!")[2][0] == "s"


def value_id(thread, name, part=0):
    """The id of a value that is apart, or of a further part of it."""
    return f"lgv!{digest('thread', thread)}!{name}" + (f"!{part}" if part else "")


def thread_tag(thread):
    return "lgthread" + digest("thread", thread)


def run_tag(run):
    return "lgrun" + digest("run", str(run))


def apart_of(context):
    """The names of the values that a record has apart, from its metadata: also without contents."""
    return set(context.metadata["values"]) if "values" in context.metadata.fields else set()


class CairnSaver(BaseCheckpointSaver):
    """Keeps checkpoints in the contexts of a project of a Cairn server.

    - `channel`: a `grpc.Channel`; all threads may share it, and the saver does not close it.
    - `project`: the project, which there must be.
    - `timeout`: seconds for each call, a server that is being started again included.

    Errors of the server are raised as they are: `grpc.RpcError`. A put is one call and one write, all or none; one with
    values of more than 64 KiB that are new may take several calls of at most 3 MiB, of which the last one makes the
    checkpoint visible.
    """

    def __init__(self, channel, *, project="default", serde=None, timeout=60.0):
        super().__init__(serde=serde)
        self._calls = Calls(channel, project, timeout)
        # By place and checkpoint, as their names, for those that were put or read last: what they have apart, which their
        # successors need not send again; the ids of writes that were begun before them; and who waits for a put to end.
        self._stored = Recent()
        self._early = Recent()
        self._putting = {}
        # The highest checkpoint of each place, as far as it is known.
        self._highest = Recent()
        self._lock = threading.Lock()

    # What LangGraph calls.

    def put(self, config, checkpoint, metadata, new_versions):
        return self._calls.run(self._put(config, checkpoint, metadata))

    async def aput(self, config, checkpoint, metadata, new_versions):
        return await self._calls.arun(self._put(config, checkpoint, metadata))

    def put_writes(self, config, writes, task_id, task_path=""):
        self._calls.run(self._put_writes(config, writes, task_id, task_path))

    async def aput_writes(self, config, writes, task_id, task_path=""):
        await self._calls.arun(self._put_writes(config, writes, task_id, task_path))

    def get_tuple(self, config):
        return self._calls.run(self._get(config))

    async def aget_tuple(self, config):
        return await self._calls.arun(self._get(config))

    def list(self, config, *, filter=None, before=None, limit=None):
        waiting = self._calls.run(self._find(config, before))
        for group in groups(waiting, limit, filter):
            found = [each for each in self._calls.run(self._load(group)) if fits(each, filter)][:limit]
            yield from found
            if limit is not None and not (limit := limit - len(found)):
                return

    async def alist(self, config, *, filter=None, before=None, limit=None):
        waiting = await self._calls.arun(self._find(config, before))
        for group in groups(waiting, limit, filter):
            found = [each for each in await self._calls.arun(self._load(group)) if fits(each, filter)][:limit]
            for each in found:
                yield each
            if limit is not None and not (limit := limit - len(found)):
                return

    def delete_thread(self, thread_id):
        self._calls.run(self._delete_threads([thread_id]))

    async def adelete_thread(self, thread_id):
        await self._calls.arun(self._delete_threads([thread_id]))

    def delete_for_runs(self, run_ids):
        self._calls.run(self._delete_for_runs(run_ids))

    async def adelete_for_runs(self, run_ids):
        await self._calls.arun(self._delete_for_runs(run_ids))

    def copy_thread(self, source_thread_id, target_thread_id):
        self._calls.run(self._copy_thread(str(source_thread_id), str(target_thread_id)))

    async def acopy_thread(self, source_thread_id, target_thread_id):
        await self._calls.arun(self._copy_thread(str(source_thread_id), str(target_thread_id)))

    def prune(self, thread_ids, *, strategy="keep_latest"):
        self._calls.run(self._prune(thread_ids, strategy))

    async def aprune(self, thread_ids, *, strategy="keep_latest"):
        await self._calls.arun(self._prune(thread_ids, strategy))

    # Writing.

    def _put(self, config, checkpoint, metadata):
        place, id = Place.of(config), checkpoint["id"]
        name = place.name
        metadata = get_serializable_checkpoint_metadata(config, metadata)
        values = {channel: self._dump(value) for channel, value in checkpoint["channel_values"].items()}
        rest = self._dump({key: value for key, value in checkpoint.items() if key != "channel_values"})
        told = self._dump(metadata)
        apart = set_apart([rest, told, *values.values()])
        known = self._stored.get((name, get_checkpoint_id(config)), ())
        parts = value_contexts(place.thread, {value: apart[value] for value in apart if value not in known})
        if name not in self._highest:
            # Nobody has read here before, as LangGraph does.
            yield from self._newest(name)
        with self._being_put(name, id) as early:
            context = record(place, id, "c", apart, {
                "parent": get_checkpoint_id(config), "checkpoint": rest, "metadata": told, "values": values,
                "early": early})
            if "run_id" in metadata:
                context.tags.append(run_tag(metadata["run_id"]))
            if id < self._highest.get(name, ""):
                context.session = ""
            if parts:
                for batch in in_batches([*parts, context]):
                    yield from store(batch)
            elif not (yield from create(context)):
                yield from store([context])
            self._know(name, id, apart)
        return place.config(id)

    @contextlib.contextmanager
    def _being_put(self, *checkpoint):
        """While a checkpoint is put, writes to it wait. Gives the ids of those that did not wait: they came before."""
        ended = concurrent.futures.Future()
        with self._lock:
            early = self._early.pop(checkpoint, [])
            self._putting[checkpoint] = ended
        try:
            yield early
        except BaseException:
            with self._lock:
                self._early.keep(checkpoint, early)
            raise
        finally:
            with self._lock:
                self._putting.pop(checkpoint, None)
            ended.set_result(None)

    def _put_writes(self, config, writes, task, path):
        if not writes:
            return
        place, checkpoint = Place.of(config), get_checkpoint_id(config)
        slots = [WRITES_IDX_MAP.get(channel, number) for number, (channel, _) in enumerate(writes)]
        are_special = all(channel in WRITES_IDX_MAP for channel, _ in writes)
        dumped = [self._dump(value) for _, value in writes]
        apart = set_apart(dumped)
        kind = f"w!{digest('task', task)[:20]}!{'s' if are_special else 'n'}{digest(*map(str, slots))[:13]}"
        context = record(place, checkpoint, kind, apart, {
            "task": task, "path": path, "writes": [
                [slot, channel, value] for slot, (channel, _), value in zip(slots, writes, dumped)]})
        while putting := self._announced(context.id, place.name, checkpoint):
            yield putting
        for batch in in_batches(value_contexts(place.thread, apart)):
            yield from store(batch)
        if not (yield from create(context)) and are_special:
            yield from store([context])

    def _announced(self, id, *checkpoint):
        """What writes to a checkpoint have to wait for, if anything. Else a put that comes later will know of them."""
        with self._lock:
            if checkpoint not in self._putting and checkpoint not in self._stored:
                self._early.keep(checkpoint, [*self._early.get(checkpoint, []), id])
            return self._putting.get(checkpoint)

    def _dump(self, value):
        return list(self.serde.dumps_typed(value))

    def _know(self, place, checkpoint, apart):
        with self._lock:
            self._stored.keep((place, checkpoint), frozenset(apart))
            self._highest.keep(place, max(checkpoint, self._highest.get(place, "")))

    # Reading.

    def _get(self, config):
        place, checkpoint = Place.of(config).name, get_checkpoint_id(config)
        if not checkpoint:
            return (yield from self._newest(place))
        found = yield from listed(filter=pb.ContextFilter(owner=owner(place, checkpoint)))
        return next(iter((yield from self._loaded(split(found)))), None)

    def _newest(self, place):
        here = pb.ContextFilter(session=place)
        writes, token = [], ""
        while True:
            page = yield Call("ListContexts", pb.ListContextsRequest(
                filter=here, page_size=NEXT_LOOK if token else FIRST_LOOK, page_token=token))
            for context in page.contexts:
                if not is_checkpoint(context):
                    writes.append(context)
                    continue
                # What is newer and of another checkpoint is of one that is not there yet, or of an old one.
                own = [each for each in writes if each.owner == context.owner]
                early = ormsgpack.unpackb(context.data).get("early")
                own += (yield from fetched(early)).values() if early else ()
                return (yield from self._loaded([(context, own)]))[0]
            token = page.next_page_token
            if not token:
                with self._lock:
                    self._highest.keep(place, "")
                return None

    def _find(self, config, before):
        """The ids of the checkpoints asked for, each with those of its writes, the newest first."""
        only = config and get_checkpoint_id(config)
        last = before and get_checkpoint_id(before)
        place = Place.of(config).name if config and config["configurable"].get("checkpoint_ns") is not None else None
        if config is None:
            found = yield from self._survey(types=[TYPE])
        else:
            found = yield from self._survey(tags=[thread_tag(str(config["configurable"]["thread_id"]))])
        checkpoints = collections.defaultdict(list)
        for context in filter(is_record, found):
            name = Name.of(context)
            if ((not only or name.checkpoint == only) and (not last or name.checkpoint < last)
                    and (place is None or name.place == place)):
                checkpoints[name.checkpoint, name.place].append(context.id)
        return [checkpoints[key] for key in sorted(checkpoints, reverse=True)]

    def _survey(self, **filter):
        return (yield from listed(filter=pb.ContextFilter(**filter), view=BASIC))

    def _load(self, checkpoints):
        """The checkpoints of these ids. One that was deleted meanwhile, or is not there yet, is left out."""
        found = yield from fetched(itertools.chain.from_iterable(checkpoints))
        loaded = []
        for ids in checkpoints:
            loaded += split(found[id] for id in ids if id in found)
        return (yield from self._loaded(loaded))

    def _loaded(self, checkpoints):
        """What the records of checkpoints and their writes say, with the values that are apart."""
        bodies = {
            context.id: ormsgpack.unpackb(context.data)
            for checkpoint, writes in checkpoints for context in (checkpoint, *writes)}
        wanted = [
            value_id(as_text(body["thread"]), name, part)
            for body in bodies.values() for _, name, *parts in dumped_in(body) for part in range(sum(parts))]
        found = (yield from fetched(wanted)) if wanted else {}

        def load(dumped, thread):
            kind, data, *parts = dumped
            if parts:
                ids = [value_id(thread, data, part) for part in range(parts[0])]
                if not all(id in found for id in ids):
                    raise LookupError(f"a value of thread {thread!r} is gone: its checkpoint was deleted meanwhile")
                data = b"".join(found[id].data for id in ids)
            return self.serde.loads_typed((kind, data))

        tuples = []
        for checkpoint, writes in checkpoints:
            body = bodies[checkpoint.id]
            place = Place(as_text(body["thread"]), as_text(body["namespace"]))
            whole = load(body["checkpoint"], place.thread)
            self._know(place.name, whole["id"], apart_of(checkpoint))
            whole["channel_values"] = {
                channel: load(value, place.thread) for channel, value in body["values"].items()}
            tuples.append(CheckpointTuple(
                config=place.config(whole["id"]), checkpoint=whole, metadata=load(body["metadata"], place.thread),
                parent_config=place.config(body["parent"]) if body["parent"] else None,
                pending_writes=[
                    (task, channel, load(value, place.thread))
                    for task, channel, value in pending(writes, bodies)]))
        return tuples

    # Whole threads.

    def _delete_threads(self, threads):
        for thread in threads:
            found = yield from self._survey(tags=[thread_tag(str(thread))])
            # Of more than a thousand contexts checkpoints go first, so that none is ever seen without its values.
            yield from delete([context.id for context in sorted(found, key=is_record, reverse=True)])
        self._forget()

    def _delete_for_runs(self, runs):
        doomed, threads = set(), set()
        for run in runs:
            for context in (yield from self._survey(tags=[run_tag(run)])):
                doomed.add(Name.of(context))
                threads.update(tag for tag in context.tags if tag.startswith("lgthread"))
        for thread in threads:
            yield from self._delete_records((yield from self._survey(tags=[thread])), doomed)

    def _delete_records(self, found, doomed):
        """Deletes checkpoints, given by place and id, with their writes and the values that no other record has."""
        records = [context for context in found if is_record(context)]
        gone = [context for context in records if Name.of(context) in doomed]
        left = [context for context in records if Name.of(context) not in doomed]
        garbage = set().union(*map(apart_of, gone)) - set().union(*map(apart_of, left))
        values = [
            context.id for context in found if not is_record(context) and context.id.split("!")[2] in garbage]
        yield from delete([context.id for context in gone] + values)
        self._forget()
        highest = {Name.of(context).place: context for context in sorted(filter(is_checkpoint, left), key=Name.of)}
        for place, context in highest.items():
            if not context.session:
                # It was stored when a higher one was there, which has gone: now it is the newest one.
                context.session = place
                yield Call("UpdateContext", pb.UpdateContextRequest(
                    context=context, update_mask=FieldMask(paths=["session"])))

    def _forget(self):
        with self._lock:
            self._stored.clear()
            self._highest.clear()

    def _prune(self, threads, strategy):
        if strategy == "delete":
            return (yield from self._delete_threads(threads))
        if strategy != "keep_latest":
            raise ValueError(f"prune knows the strategies keep_latest and delete, not {strategy!r}")
        for thread in threads:
            found = yield from self._survey(tags=[thread_tag(str(thread))])
            checkpoints = collections.defaultdict(list)
            for context in filter(is_checkpoint, found):
                checkpoints[Name.of(context).place].append(context)
            doomed = set()
            for history in checkpoints.values():
                kept = yield from self._needed_by(max(history, key=lambda context: Name.of(context).checkpoint))
                doomed.update(Name.of(context) for context in history if context.id not in kept)
            yield from self._delete_records(found, doomed)

    def _needed_by(self, head):
        """The ids of a checkpoint and of those before it that its delta channels are made from (`DeltaChannel`)."""
        needed, waiting = set(), None
        id = head.id
        while id:
            found = yield from self._load([[id]])
            if not found:
                break
            needed.add(id)
            checkpoint, channels = found[0], found[0].checkpoint["channel_values"]
            if waiting is None:
                waiting = set(checkpoint.metadata.get("counters_since_delta_snapshot", ()))
            waiting -= channels.keys()
            parent = checkpoint.parent_config
            id = parent and waiting and record_id(
                Place.of(parent), parent["configurable"]["checkpoint_id"], "c")
        return needed

    def _copy_thread(self, source, target):
        if source == target:
            return
        found = yield from self._survey(tags=[thread_tag(source)])
        # The highest checkpoint of each namespace that is there already.
        there = {}
        for name in sorted(map(Name.of, filter(is_checkpoint, (yield from self._survey(tags=[thread_tag(target)]))))):
            there[name.place] = name.checkpoint
        # Values first and the oldest checkpoint next, so that an unfinished copy is a shorter thread.
        found.sort(key=lambda context: (
            is_record(context), is_record(context) and Name.of(context).checkpoint, not is_checkpoint(context),
            context.id))
        for first in range(0, len(found), LOADED):
            ids = [context.id for context in found[first:first + LOADED]]
            contexts = yield from fetched(ids)
            copies = [moved(contexts[id], source, target) for id in ids if id in contexts]
            for copy in copies:
                if is_record(copy) and Name.of(copy).checkpoint < there.get(Name.of(copy).place, ""):
                    copy.session = ""
            for batch in in_batches(copies):
                yield from store(batch)
        self._forget()


def record_id(place, checkpoint, kind):
    if not CHECKPOINT_ID.fullmatch(checkpoint):
        raise ValueError(f"CairnSaver takes ids of checkpoints that match {CHECKPOINT_ID.pattern}, not {checkpoint!r}")
    return f"lg!{place.name}!{checkpoint}!{kind}"


def owner(place, checkpoint):
    return digest("checkpoint", place, checkpoint)


def record(place, checkpoint, kind, apart, body):
    """The context of a checkpoint, or of writes."""
    context = pb.Context(
        id=record_id(place, checkpoint, kind), title="LangGraph writes" if kind[0] == "w" else "LangGraph checkpoint",
        type=TYPE, media_type=MEDIA_TYPE, session=place.name, owner=owner(place.name, checkpoint),
        tags=[thread_tag(place.thread)],
        data=ormsgpack.packb({"thread": as_bytes(place.thread), "namespace": as_bytes(place.namespace), **body}))
    if apart:
        context.metadata["values"] = list(apart)
    return context


def set_apart(dumped):
    """Takes large values out of a record, and more while it is too large: `[type, bytes]` becomes `[type, name, parts]`.

    Returns the bytes by their names.
    """
    apart, size = {}, sum(len(data) for _, data in dumped)
    for each in sorted(dumped, key=lambda each: len(each[1]), reverse=True):
        data = each[1]
        if len(data) <= APART_BYTES and size <= RECORD_BYTES:
            break
        name = digest(data)
        apart[name] = data
        each[1:] = [name, -(-len(data) // CONTEXT_BYTES)]
        size -= len(data)
    return apart


def dumped_in(body):
    """All values of a record, in it or apart."""
    if "writes" in body:
        return [value for _, _, value in body["writes"]]
    return [body["checkpoint"], body["metadata"], *body["values"].values()]


def value_contexts(thread, values):
    return [
        pb.Context(
            id=value_id(thread, name, part), title="LangGraph value", type=TYPE, media_type=MEDIA_TYPE,
            tags=[thread_tag(thread)], data=data[part * CONTEXT_BYTES:(part + 1) * CONTEXT_BYTES])
        for name, data in values.items() for part in range(-(-len(data) // CONTEXT_BYTES))]


def moved(context, source, target):
    """A context of a thread as it is in another thread."""
    copy = pb.Context(
        id=context.id.replace(digest("thread", source), digest("thread", target)), title=context.title, type=TYPE,
        media_type=MEDIA_TYPE, data=context.data,
        tags=[thread_tag(target), *(tag for tag in context.tags if tag != thread_tag(source))])
    if context.HasField("metadata"):
        copy.metadata.CopyFrom(context.metadata)
    if is_record(context):
        # In a copy writes come behind their checkpoint.
        body = ormsgpack.unpackb(context.data) | {"thread": as_bytes(target), "early": []}
        copy.data = ormsgpack.packb(body)
        name = Name.of(context)
        copy.session = Place(target, as_text(body["namespace"])).name
        copy.owner = owner(copy.session, name.checkpoint)
        copy.id = context.id.replace(name.place, copy.session)
    return copy


def pending(writes, bodies):
    """The writes of a checkpoint in LangGraph's order: of those of a task to one slot the first one, or the last special
    one."""
    slots = {}
    for context in sorted(writes, key=lambda context: (is_special(context), context.position)):
        body, is_last = bodies[context.id], is_special(context)
        for slot, channel, value in body["writes"]:
            if is_last or (body["task"], slot) not in slots:
                slots[body["task"], slot] = (body["path"], channel, value)
    order = sorted(slots, key=lambda key: writes_sort_key(slots[key][0], *key))
    return [(key[0], *slots[key][1:]) for key in order]


def split(contexts):
    """A checkpoint and its writes out of the contexts of both; nothing where the checkpoint is not there."""
    contexts = list(contexts)
    writes = [context for context in contexts if not is_checkpoint(context)]
    return [(context, writes) for context in contexts if is_checkpoint(context)]


def groups(waiting, limit, filter):
    """The checkpoints of a list, a group at a time; no more than the limit where each of them counts."""
    if limit is not None and not filter:
        waiting = waiting[:limit]
    for first in range(0, len(waiting), LOADED):
        yield waiting[first:first + LOADED]


def fits(checkpoint, filter):
    return all(checkpoint.metadata.get(key) == value for key, value in (filter or {}).items())
