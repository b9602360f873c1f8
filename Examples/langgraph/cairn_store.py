"""CairnStore keeps the items of LangGraph's stores, which all threads share, in a Cairn server.

An item is a context: its value is the content, as JSON, so that search finds its words, and it has a tag for each
beginning of its namespace.
"""

import datetime
import json
import operator
import re

from cairn.v1 import context_pb2 as pb
from langgraph.store.base import (
    BaseStore, GetOp, Item, ListNamespacesOp, PutOp, SearchItem, SearchOp, validate_op_namespace)

from cairn_calls import (
    BASIC, CONTEXT_BYTES, MOST, Call, Calls, as_bytes, as_text, delete, digest, fetched, in_batches, listed, store)

# A context has up to 64 tags, and the namespace of no labels is one.
DEEPEST = 63
# Longer names than this, as JSON text, are among the data.
NAMES_BYTES = 1 << 15
# Terms that a search of the server takes.
MOST_WORDS = 40
OPERATORS = {
    "$eq": operator.eq, "$ne": operator.ne, "$gt": operator.gt, "$gte": operator.ge, "$lt": operator.lt,
    "$lte": operator.le}


class CairnStore(BaseStore):
    """Keeps items in the contexts of a project of a Cairn server.

    - `channel`: a `grpc.Channel`; all threads may share it, and the store does not close it.
    - `project`: the project, which there must be.
    - `timeout`: seconds for each call, a server that is being started again included.

    A value has up to 1 MiB as JSON, with its namespace and key, and a namespace up to 63 labels: ValueError for more.
    Errors of the server are raised as they are: `grpc.RpcError`. A search with a query finds the items that have at
    least one of its words, the best first; there are no vectors, and `index` means nothing.
    """

    def __init__(self, channel, *, project="default", timeout=60.0):
        self._calls = Calls(channel, project, timeout)

    def batch(self, ops):
        return self._calls.run(self._batch(list(ops)))

    async def abatch(self, ops):
        return await self._calls.arun(self._batch(list(ops)))

    def _batch(self, ops):
        """All reads first, of what there is before the batch; then the last put of each key, and the deletions.

        Puts are one write, all or none, and deletions another one; more than 3 MiB or a thousand items are several.
        """
        for op in ops:
            validate_op_namespace(op)
        ids = {index: item_id(op.namespace, op.key) for index, op in enumerate(ops) if isinstance(op, (GetOp, PutOp))}
        puts = {ids[index]: op for index, op in enumerate(ops) if isinstance(op, PutOp)}
        contexts = [item_context(id, op) for id, op in puts.items() if op.value is not None]
        wanted = [id for index, id in ids.items() if isinstance(ops[index], GetOp)]
        found = (yield from fetched(wanted)) if wanted else {}
        results = []
        for index, op in enumerate(ops):
            result = None
            if isinstance(op, GetOp) and ids[index] in found:
                result = item(found[ids[index]])
            elif isinstance(op, SearchOp):
                result = yield from self._search(op)
            elif isinstance(op, ListNamespacesOp):
                result = yield from self._list_namespaces(op)
            results.append(result)
        for batch in in_batches(contexts):
            yield from store(batch)
        yield from delete([id for id, op in puts.items() if op.value is None])
        return results

    def _search(self, op):
        """The newest change first, or what fits the query best."""
        here = pb.ContextFilter(tags=[prefix_tag(op.namespace_prefix)])
        words = " OR ".join(re.findall(r"\w+", op.query or "")[:MOST_WORDS])
        left, passed, token = op.limit, 0, ""
        results = []
        while left > 0:
            if words:
                page = yield Call("Search", pb.SearchRequest(
                    query=words, filter=here, page_size=100, page_token=token))
                hits = [(hit.context, hit.score) for hit in page.hits]
            else:
                # Without conditions on values one page is enough for what is asked for.
                size = MOST if op.filter else min(op.offset + op.limit, MOST)
                page = yield Call("ListContexts", pb.ListContextsRequest(
                    filter=here, order_by="update_time desc", page_size=size, page_token=token))
                hits = [(context, None) for context in page.contexts]
            for context, score in hits:
                each = item(context)
                if meets(each.value, op.filter or {}):
                    passed += 1
                    if passed > op.offset and left > 0:
                        left -= 1
                        results.append(SearchItem(
                            each.namespace, each.key, each.value, each.created_at, each.updated_at, score))
            token = page.next_page_token
            if not token:
                break
        return results

    def _list_namespaces(self, op):
        found = yield from listed(filter=pb.ContextFilter(tags=[prefix_tag(known_prefix(op))]), view=BASIC)
        unnamed = [context.id for context in found if not context.HasField("metadata")]
        whole = (yield from fetched(unnamed)) if unnamed else {}
        namespaces = {
            names(context)[0] for context in (*found, *whole.values()) if context.HasField("metadata") or context.data}
        fitting = {
            namespace[:op.max_depth] for namespace in namespaces
            if all(matches(namespace, condition) for condition in op.match_conditions or ())}
        return sorted(fitting)[op.offset:op.offset + op.limit]


def item_id(namespace, key):
    return "lgi!" + digest(*namespace, key)


def prefix_tag(prefix):
    return "lgitem" + digest(*prefix)


def item_context(id, op):
    """An item to store, with its names where lists show them, unless they are long or not text."""
    if op.ttl is not None:
        raise NotImplementedError("CairnStore has no ttl")
    if len(op.namespace) > DEEPEST:
        raise ValueError(f"a namespace has {len(op.namespace)} labels; CairnStore takes up to {DEEPEST}")
    context = pb.Context(
        id=id, title="item", content=text_of(op.value), media_type="application/json",
        tags=[prefix_tag(op.namespace[:length]) for length in range(len(op.namespace) + 1)])
    written = json.dumps([*op.namespace, op.key])
    if len(written) <= NAMES_BYTES and not re.search(r"\\u(0000|d[89a-f])", written):
        context.metadata.update({"namespace": list(op.namespace), "key": op.key})
        # What people see of an item, and search finds.
        context.title = op.key[:1024].strip() or "item"
    else:
        context.data = as_bytes(json.dumps([list(op.namespace), op.key], ensure_ascii=False))
    size = len(context.content.encode()) + len(context.data)
    if size > CONTEXT_BYTES:
        raise ValueError(f"an item has {size} bytes with its names; CairnStore takes up to {CONTEXT_BYTES}")
    return context


def text_of(value):
    """JSON that search can read, where that is text at all: half characters are escaped."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(value, allow_nan=False)
    return text


def names(context):
    """The namespace and the key of an item."""
    if context.HasField("metadata"):
        return tuple(context.metadata["namespace"]), context.metadata["key"]
    namespace, key = json.loads(as_text(context.data))
    return tuple(namespace), key


def item(context):
    namespace, key = names(context)
    return Item(
        value=json.loads(context.content), key=key, namespace=namespace,
        created_at=context.create_time.ToDatetime(datetime.timezone.utc),
        updated_at=context.update_time.ToDatetime(datetime.timezone.utc))


def meets(value, condition):
    """Whether a value meets a condition of SearchOp: one by operators, the same in each key, or the same value."""
    if not isinstance(condition, dict):
        return value == condition
    if any(key.startswith("$") for key in condition):
        return all(compared(value, name, limit) for name, limit in condition.items())
    return isinstance(value, dict) and all(meets(value.get(key), each) for key, each in condition.items())


def compared(value, name, limit):
    if name not in OPERATORS:
        raise ValueError(f"a filter has the operator {name!r}; there are {', '.join(OPERATORS)}")
    try:
        return OPERATORS[name](value, limit)
    except TypeError:
        # What cannot be compared, as a key that is not there, is neither more nor less.
        return False


def known_prefix(op):
    """What all namespaces asked for begin with, as far as that is said without wildcards."""
    for condition in op.match_conditions or ():
        if condition.match_type == "prefix":
            path = tuple(condition.path)
            return path[:path.index("*")] if "*" in path else path
    return ()


def matches(namespace, condition):
    if len(condition.path) > len(namespace):
        return False
    part = namespace[:len(condition.path)] if condition.match_type == "prefix" else namespace[-len(condition.path):]
    return all(wanted in ("*", label) for wanted, label in zip(condition.path, part))
