"""Python messages and stubs of our protos, made by grpc_tools' protoc into an ignored folder."""

import fcntl
import hashlib
import importlib.resources
import pathlib
import sys

import grpc
from grpc_tools import protoc

from . import CACHE, ROOT

# Folders of protos and what of them is compiled. The google.rpc messages come with googleapis-common-protos,
# health and reflection v1alpha with packages of grpcio; reflection v1 and channelz have none here.
SOURCES = [
    (ROOT / "Protos", "cairn/**/*.proto"),
    (ROOT / "Benchmarks" / "EchoServer" / "Protos", "**/*.proto"),
    (pathlib.Path("/usr/share/grpc-proto/grpc/reflection/v1"), "reflection.proto"),
    (pathlib.Path("/usr/share/grpc-proto/grpc/channelz/v1"), "channelz.proto"),
    *((pathlib.Path("/usr/share/grpc-proto"), f"grpc/testing/{name}.proto") for name in ("empty", "messages", "test")),
]


def build():
    """Builds the stubs unless they exist for just these protos, and makes them importable."""
    files = [file for folder, pattern in SOURCES for file in sorted(folder.glob(pattern))]
    digest = hashlib.sha256()
    for file in files:
        digest.update(str(file).encode() + b"\0" + file.read_bytes())
    output = CACHE / "stubs" / digest.hexdigest()[:16]

    CACHE.mkdir(exist_ok=True)
    with open(CACHE / "stubs.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (output / "complete").exists():
            output.mkdir(parents=True, exist_ok=True)
            include = importlib.resources.files("grpc_tools") / "_proto"
            status = protoc.main(
                ["protoc", f"--proto_path={include}"]
                + [f"--proto_path={folder}" for folder, _ in SOURCES if folder.exists()]
                + [f"--python_out={output}", f"--grpc_python_out={output}"]
                + [str(file) for file in files]
            )
            if status != 0:
                raise RuntimeError(f"protoc ended with status {status}")
            (output / "complete").touch()
    if str(output) not in sys.path:
        sys.path.insert(0, str(output))
        # The protos of package grpc.testing must be found beside the modules of grpcio.
        grpc.__path__.append(str(output / "grpc"))
