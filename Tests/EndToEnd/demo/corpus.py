"""The texts: what Debian's installed packages bring along in /usr/share/doc and /usr/share/man."""

import dataclasses
import gzip
import os
import pathlib
import zlib

ROOTS = [pathlib.Path("/usr/share/doc"), pathlib.Path("/usr/share/man")]


@dataclasses.dataclass
class Document:
    """One file: its path, its bytes as stored (decompressed), and what is known about it."""

    path: str
    body: bytes
    tags: list

    @property
    def text(self):
        """The body as text, or None when it is not clean UTF-8 or holds a NUL."""
        try:
            text = self.body.decode("utf-8")
        except UnicodeDecodeError:
            return None
        return None if "\0" in text else text


def paths():
    """Every regular file, in the order of its path."""
    found = []
    for root in ROOTS:
        for folder, _, names in os.walk(root):
            found += [path for name in names if not (path := pathlib.Path(folder, name)).is_symlink()]
    return sorted(path for path in found if path.is_file())


def sample(limit):
    """Up to `limit` of the files: the largest ones, which may be too large, and an even choice of the rest."""
    everything = paths()
    if len(everything) <= limit:
        return everything
    large = set(sorted(everything, key=lambda path: path.stat().st_size)[-limit // 50:])
    rest = [path for path in everything if path not in large]
    count = limit - len(large)
    even = {rest[i * len(rest) // count] for i in range(count)}
    return sorted(large | even)


def read(path):
    """One document, decompressed where it is compressed; None where it cannot be read."""
    try:
        body = path.read_bytes()
        if path.suffix == ".gz":
            body = gzip.decompress(body)
    except (OSError, EOFError, zlib.error):
        return None
    return Document(str(path), body, tags(path))


def tags(path):
    """What a path says: the kind of text, its package or its section, and how it was kept."""
    parts = path.parts
    kept = ["compressed"] if path.suffix == ".gz" else []
    if parts[3] == "man":
        section = next((part for part in parts[4:] if part.startswith("man")), "man")
        language = [f"language:{parts[4]}"] if not parts[4].startswith("man") else []
        return ["manual", f"section:{section}", *language, *kept]
    name = path.name.lower()
    kind = next((kind for kind in ("copyright", "changelog", "readme", "news") if name.startswith(kind)), "document")
    return [kind, f"package:{parts[4]}", *kept]
