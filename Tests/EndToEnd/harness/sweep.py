"""Gives every text and bytes field of every method of a server long, nasty texts, and reports what that cost.

    python -m harness.sweep ADDRESS SERVER-PID REQUESTS SEED

Knows the methods from the server's reflection alone. REQUESTS is how many are sent, each field at least once where
that suffices; 0 sends all there are. Prints a JSON object: what was sent when (on the monotonic clock, which all
processes share) and what it cost, and what went wrong.

A process of its own: what it costs to make the requests is not to be taken for what the server does to others.
"""

import concurrent.futures
import dataclasses
import itertools
import json
import os
import pathlib
import random
import sys
import time

import grpc
from google.protobuf import message_factory
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.descriptor_pool import DescriptorPool
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

TEXTS = {
    "letters": "a", "combining marks": "e\u0301", "emoji joiners": "\U0001f469\u200d\U0001f469\u200d\U0001f467\u200d",
    "spaces": " ", "line feeds": "\n", "quotes": '"', "digits": "7", "places": "{{v}}", "slashes": "/", "commas": ",",
    "backslashes": "\\", "NULs": "\0", "dots": "a.", "brackets": "[", "words": "zebra -ferry ", "lines": "{}\n",
}
# What a message may have, what a context may have, and what a template may have, nearly.
SIZES = [3_900_000, 1_000_000, 250_000]
# Of a repeated field: in how many pieces the text is divided.
PIECES = [1, 10_000]
# What makes a request look right but for the field that is tried: by name, where nothing else is set.
USUAL = {
    "id": "sweep", "template_id": "sweep", "title": "t", "context_title": "t", "from": "sweep", "source": "sweep",
    "to": "other", "target": "other", "name": "v", "label": "v", "session": "sweep",
}
TEXT_TYPES = (FieldDescriptor.TYPE_STRING, FieldDescriptor.TYPE_BYTES)
# What a server may answer to such a request. Anything else is a fault of its own.
CODES = {
    grpc.StatusCode.OK, grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.NOT_FOUND, grpc.StatusCode.ALREADY_EXISTS,
    grpc.StatusCode.RESOURCE_EXHAUSTED, grpc.StatusCode.FAILED_PRECONDITION, grpc.StatusCode.ABORTED,
    grpc.StatusCode.OUT_OF_RANGE, grpc.StatusCode.UNIMPLEMENTED,
}
CLIENTS = 3
CPU_SECONDS = 1.0
# Lines of an import are records, each of which is answered for itself.
CPU_SECONDS_A_RECORD = 0.00005


@dataclasses.dataclass(frozen=True)
class Case:
    method: object
    place: tuple
    text: str
    size: int
    pieces: int
    packed: bool

    def __str__(self):
        place = ".".join(field.name for field in self.place)
        packed = "packed " if self.packed else ""
        return f"{self.method.full_name} {place}: {self.size:,} bytes of {packed}{self.text} in {self.pieces}"


def methods(channel):
    """All methods that the server says it has."""
    database = ProtoReflectionDescriptorDatabase(channel)
    pool = DescriptorPool(database)
    for service in sorted(database.get_services()):
        yield from pool.FindServiceByName(service).methods


def places(message, above=()):
    """The ways to every text in a message, also through itself once."""
    for field in message.fields:
        way = (*above, field)
        if field.type in TEXT_TYPES:
            yield way
        elif field.message_type and sum(other.message_type is field.message_type for other in above) < 2:
            yield from places(field.message_type, way)


def repeats(case_place):
    return any(field.is_repeated for field in case_place)


def is_map(field):
    return field.message_type is not None and field.message_type.GetOptions().map_entry


def put(message, place, pieces):
    """Puts the pieces of a text where `place` leads. The innermost repeated field gets as many entries."""
    field, *rest = place
    fill(message, field)
    deeper = repeats(rest)
    if is_map(field):
        key, *below = rest
        entries = getattr(message, field.name)
        for number, piece in enumerate(pieces if not deeper else [pieces]):
            if key.name == "key":
                text = f"{number}{piece}"[:len(piece)]
                if field.message_type.fields_by_name["value"].message_type:
                    entries[text].SetInParent()
                else:
                    entries[text] = ""
            elif below:
                put(entries[f"v{number}" if number else "v"], below, [piece] if not deeper else pieces)
            else:
                entries[f"v{number}" if number else "v"] = as_type(key, piece)
    elif not rest:
        if field.is_repeated:
            getattr(message, field.name).extend(as_type(field, piece) for piece in pieces)
        else:
            setattr(message, field.name, as_type(field, "".join(pieces)))
    elif field.is_repeated:
        for piece in ([pieces] if deeper else [[piece] for piece in pieces]):
            put(getattr(message, field.name).add(), rest, piece)
    else:
        put(getattr(message, field.name), rest, pieces)


def as_type(field, text):
    return text.encode() if field.type == FieldDescriptor.TYPE_BYTES else text


def fill(message, tried):
    """Gives the usual values to what stands beside the field that is tried."""
    for field in message.DESCRIPTOR.fields:
        if field is tried or field.is_repeated or field.containing_oneof:
            continue
        if field.type == FieldDescriptor.TYPE_STRING and field.name in USUAL:
            setattr(message, field.name, USUAL[field.name])
        elif field.name == "type" and field.enum_type and message.DESCRIPTOR.name == "TemplateVariable":
            setattr(message, field.name, 1)
        elif field.name == "type" and field.enum_type and message.DESCRIPTOR.name == "SessionEvent":
            setattr(message, field.name, 8)  # CUSTOM, which needs only a name.


def request(case):
    """The serialised request of a case."""
    text = TEXTS[case.text]
    text *= case.size // len(text.encode())
    length = max(1, -(-len(text) // case.pieces))
    message = message_factory.GetMessageClass(case.method.input_type)()
    put(message, case.place, [text[start:start + length] for start in range(0, len(text), length)])
    return message.SerializeToString()


def cases(all_methods, count, seed):
    """Every case there is, or so many of them: every place in its turn, by chance with which text."""
    random.seed(seed)
    found = [(method, place) for method in all_methods for place in places(method.input_type)]
    if count == 0:
        for method, place in found:
            for text, size, packed in itertools.product(TEXTS, SIZES, [False, True]):
                for pieces in PIECES if repeats(place) else PIECES[:1]:
                    yield Case(method, place, text, size, pieces, packed)
        return
    random.shuffle(found)
    for method, place in itertools.islice(itertools.cycle(found), count):
        size = random.choices(SIZES, [4, 1, 1])[0]
        pieces = random.choice(PIECES) if repeats(place) else 1
        yield Case(method, place, random.choice([*TEXTS]), size, pieces, random.random() < 0.5)


def allowed(case):
    """Seconds of the processors' time that a request may take on a machine with nothing else to do."""
    records = case.size // len(TEXTS["lines"]) if (case.method.name, case.text) == ("ImportContexts", "lines") else 0
    return CPU_SECONDS + CPU_SECONDS_A_RECORD * records


def processor_time(pid):
    """Seconds of the processors' time that a process has used."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def send(channel, case, body, timeout):
    """The status that the server answers with. Of a stream the first answer is waited for."""
    path = f"/{case.method.containing_service.full_name}/{case.method.name}"
    kind = f"{'stream' if case.method.client_streaming else 'unary'}_" + (
        "stream" if case.method.server_streaming else "unary")
    call = getattr(channel, kind)(path)
    options = {
        "timeout": timeout, "compression": grpc.Compression.Gzip if case.packed else grpc.Compression.NoCompression}
    argument = iter([body]) if case.method.client_streaming else body
    try:
        if not case.method.server_streaming:
            call(argument, **options)
            return grpc.StatusCode.OK
        answers = call(argument, **options)
        # A feed that was opened stays open: one answer tells that it was.
        next(answers, None)
        if case.method.client_streaming:
            for _ in answers:
                pass
        answers.cancel()
        return grpc.StatusCode.OK
    except grpc.RpcError as error:
        return error.code()


def sweep(address, pid, count, seed, slowness):
    wrong, waves = [], []
    # Answers are not limited: what the server may send is not what is tried here.
    options = [
        ("grpc.max_send_message_length", -1), ("grpc.max_receive_message_length", -1),
        ("grpc.use_local_subchannel_pool", 1), ("grpc.max_metadata_size", 16 << 10), ("grpc.enable_retries", 0)]
    channels = [grpc.insecure_channel(address, options=options) for _ in range(CLIENTS)]

    def one(channel, case, body):
        begun = time.monotonic()
        code = send(channel, case, body, 10 * slowness)
        seconds = time.monotonic() - begun
        if code not in CODES:
            wrong.append(f"{case}: {code.name} after {seconds:.1f} s")

    def measured(wave):
        """Sends the requests at once; the processor's time that the server used meanwhile."""
        begun, before = time.monotonic(), processor_time(pid)
        list(threads.map(one, channels, *zip(*wave)))
        used = processor_time(pid) - before
        waves.append((begun, time.monotonic(), used, [str(case) for case, _ in wave]))
        return used

    with concurrent.futures.ThreadPoolExecutor(CLIENTS) as threads:
        remaining = cases(methods(channels[0]), count, seed)
        while wave := [(case, request(case)) for case in itertools.islice(remaining, CLIENTS)]:
            if measured(wave) <= CPU_SECONDS * slowness:
                continue
            # Which of them was it?
            for case, body in wave:
                if (used := measured([(case, body)])) > allowed(case) * slowness:
                    wrong.append(f"{case}: {used:.1f} s of the processor's time")
    return {"waves": waves, "wrong": wrong}


if __name__ == "__main__":
    address, pid, count, seed = sys.argv[1:]
    slowness = float(os.environ.get("CAIRN_TEST_SLOWNESS", "1"))
    print(json.dumps(sweep(address, int(pid), int(count), int(seed), slowness), indent=1))
