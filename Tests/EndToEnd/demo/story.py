"""The demonstration: many files in, a server killed in the middle, and everything there exactly once."""

import collections
import pathlib
import subprocess
import sys
import time

from cairn.v1 import context_pb2, context_pb2_grpc

from harness.server import Server
from harness.waiting import eventually

from . import corpus, watch
from .store import Store


class Watch:
    """The watching program, which is killed once, too."""

    def __init__(self, address, file):
        self.command = [sys.executable, pathlib.Path(__file__).with_name("watch.py"), address, file]
        self.file = file
        self.process = subprocess.Popen(self.command)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def start_again(self):
        self.process = subprocess.Popen(self.command)

    def lines(self):
        return self.file.read_text().count("\n") if self.file.exists() else 0


def tell(home, limit, clients=8, say=print):
    """Runs the demonstration in the folder `home`. Any promise that is broken is an AssertionError."""
    documents = [document for path in corpus.sample(limit) if (document := corpus.read(path))]
    size = sum(len(document.body) for document in documents)
    texts = sum(document.text is not None for document in documents)
    say(f"Read {len(documents):,} files of /usr/share/doc and /usr/share/man, {size / 1e6:,.0f} MB: "
        f"{texts:,} are text, {len(documents) - texts:,} are not.")

    server = Server("--data-dir", home / "data").start()
    watcher = None
    try:
        say(f"A server keeps its data in {home / 'data'} and listens on {server.address}.")
        store = Store(server.address, documents, clients)
        watcher = Watch(server.address, home / "watched")
        began = time.monotonic()
        store.start()

        def stored(share):
            eventually(
                lambda: store.failure or len(store.acknowledged) >= share * len(documents),
                f"{share:.0%} of the files are stored", timeout=600)
            assert store.failure is None, store.failure
            return len(store.acknowledged)

        count = stored(1 / 4)
        eventually(lambda: watcher.lines() > 0, "the watching program has seen something")
        watcher.kill()
        say(f"{count:,} stored by {clients} clients at once: the watching program is killed with SIGKILL.")
        count = stored(1 / 2)
        server.kill()
        say(f"{count:,} stored: the server is killed with SIGKILL.")
        killed = time.monotonic()
        server = Server("--data-dir", home / "data", listen=server.address).start()
        say(f"The server is back after {time.monotonic() - killed:.1f} s.")
        stored(3 / 4)
        watcher.start_again()
        store.wait()
        seconds = time.monotonic() - began
        say(f"{len(store.acknowledged):,} stored in {seconds:.1f} s, {store.repeated:,} calls were repeated, "
            f"{len(store.refused):,} refused because they hold more than 1 MiB.")
        assert len(store.acknowledged) + len(store.refused) == len(documents)

        check_contexts(server, documents, store, say)
        eventually(lambda: watcher.lines() >= len(store.acknowledged), "the watching program saw every change", 120)
        watcher.kill()
        check_feed(watch.written(watcher.file), store, say)
        assert server.stop() == 0
        say("The server and its PostgreSQL stopped when asked to. All is well.")
    finally:
        if watcher:
            watcher.kill()
        server.kill()


def check_contexts(server, documents, store, say):
    """Every acknowledged document is there byte for byte, and none twice."""
    bodies = {document.path: document for document in documents}
    seen = collections.Counter()
    tagged = collections.Counter()
    with server.channel(("grpc.max_receive_message_length", -1)) as channel:
        stub = context_pb2_grpc.ContextServiceStub(channel)
        token = ""
        while True:
            page = stub.ListContexts(
                context_pb2.ListContextsRequest(page_size=200, page_token=token), timeout=60)
            for context in page.contexts:
                document = bodies[context.title]
                expected = ("", document.body) if document.text is None else (document.text, b"")
                assert (context.content, context.data) == expected, f"{context.title} is not what was stored"
                assert store.acknowledged[context.title] == context.id
                assert list(context.tags) == document.tags and context.version == 1
                seen[context.title] += 1
                tagged.update(context.tags)
            token = page.next_page_token
            if not token:
                break
        assert set(seen) == set(store.acknowledged), "what is there is not what was acknowledged"
        assert set(seen.values()) <= {1}, "something is there twice"
        say(f"{len(seen):,} contexts are there byte for byte, none twice.")

        tag, expected = tagged.most_common(1)[0]
        found, token = 0, ""
        while True:
            page = stub.ListContexts(context_pb2.ListContextsRequest(
                page_size=1000, page_token=token, view=context_pb2.CONTEXT_VIEW_BASIC,
                filter=context_pb2.ContextFilter(tags=[tag])), timeout=60)
            found += len(page.contexts)
            token = page.next_page_token
            if not token:
                break
        assert found == expected, f"{found} contexts are found by the tag {tag}, {expected} have it"
        say(f"{found:,} of them are found by the tag '{tag}'.")


def check_feed(lines, store, say):
    """The watching program saw each creation exactly once and in order, over both interruptions."""
    keys = [(int(position), int(ordinal)) for position, ordinal, _, _ in lines]
    assert keys == sorted(set(keys)), "a change came twice or out of order"
    ids = [id for *_, id in lines]
    assert sorted(ids) == sorted(store.acknowledged.values()), "the feed is not what was stored"
    say(f"The watching program saw {len(ids):,} changes, each exactly once and in order.")
