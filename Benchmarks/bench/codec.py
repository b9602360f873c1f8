"""codec_decode and codec_encode: the generated codec against libprotobuf-c and copies into the same structs."""

import subprocess

from harness import binary

from . import pinned


def run():
    subprocess.run([*pinned(0), binary("CodecBench")], check=True)
