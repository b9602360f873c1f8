"""codec_decode and codec_encode: the generated codec against libprotobuf-c, C++ protobuf with arenas, and upb."""

import statistics
import subprocess
import tempfile
import time

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.internal import api_implementation

from harness import CACHE, binary

from . import by_turns, pinned, report

RUNS, ROUNDS = 20_000, 5


def ours():
    """Of decoding and encoding: ours, libprotobuf-c with copies into our structs, libprotobuf-c alone."""
    run = subprocess.run([*pinned(0), binary("CodecBench")], check=True, capture_output=True, text=True)
    return tuple(float(number) for line in run.stdout.splitlines() for number in line.split()[1:])


def cpp(message):
    run = subprocess.run(
        [*pinned(0), CACHE / "peers" / "codec", message], check=True, capture_output=True, text=True)
    return tuple(map(float, run.stdout.split()))


def upb(bytes):
    """Python's protobuf, which is upb behind calls of Python."""
    assert api_implementation.Type() == "upb"
    files = descriptor_pb2.FileDescriptorSet.FromString((CACHE / "peers" / "note.protoset").read_bytes())
    pool = descriptor_pool.DescriptorPool()
    pool.Add(files.file[0])
    Note = message_factory.GetMessageClass(pool.FindMessageTypeByName("cairn.bench.v1.Note"))
    note = Note.FromString(bytes)
    assert note.SerializeToString() == bytes
    return nanoseconds(lambda: Note.FromString(bytes)), nanoseconds(note.SerializeToString)


def nanoseconds(body):
    def round():
        start = time.process_time_ns()
        for _ in range(RUNS):
            body()
        return (time.process_time_ns() - start) / RUNS

    return statistics.median(round() for _ in range(ROUNDS))


def run():
    bytes = subprocess.run([binary("CodecBench"), "--message"], check=True, capture_output=True).stdout
    with tempfile.NamedTemporaryFile() as message:
        message.write(bytes)
        message.flush()
        own, with_arenas, with_upb = by_turns(ours, lambda: cpp(message.name), lambda: upb(bytes))
    for number, what in enumerate(("decode", "encode")):
        mine, copied, plain = own[number * 3:number * 3 + 3]
        report(
            f"codec_{what}", mine, copied, goal=1.5, higher_is_better=False,
            unit=f"ns for {len(bytes)} bytes; libprotobuf-c and copies into the same structs")
        for name, other in (("libprotobuf_c", plain), ("cpp", with_arenas[number]), ("upb", with_upb[number])):
            report(f"codec_{what}_{name}", mine, other, higher_is_better=False, unit="ns; without copies into structs")
