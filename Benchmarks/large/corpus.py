"""Real text for the large benches: the documentation of this machine's packages, cut into contexts."""

import gzip
import os
import random
import re

FOLDERS = ("/usr/share/doc", "/usr/share/man", "/usr/share/perl", "/usr/share/common-licenses")
TEXT = re.compile(r"\.(gz|txt|md|pod|pm|rst)$|/(README|NEWS|copyright|changelog|[A-Z-]+)[^/]*$")
# The commands that lay out a manual page, and the fonts inside of its lines.
ROFF = re.compile(r"^[.'].{0,3}[^\S\n]?|\\f.|\\[-&|]", re.MULTILINE)
SHORTEST, LONGEST = 300, 2_000
TAGS = [f"topic-{n}" for n in range(40)]
OWNERS = [f"agent-{n}" for n in range(25)]


def files():
    """The documentation's files, those of every folder in a fixed order."""
    for top in FOLDERS:
        for folder, folders, names in os.walk(top):
            folders.sort()
            if re.search(r"/man/(?!man\d)", folder + "/"):
                continue  # Translations.
            for name in sorted(names):
                path = os.path.join(folder, name)
                if TEXT.search(path):
                    yield path


def texts():
    """(name, text) of each file that is text."""
    for path in files():
        try:
            with (gzip.open if path.endswith(".gz") else open)(path, "rb") as file:
                text = file.read().decode()
        except (OSError, EOFError, ValueError):
            continue
        yield os.path.relpath(path, "/usr/share"), ROFF.sub("", text).replace("\0", "")


def pieces():
    """(name, text) of passages of 300 to 2,000 characters: whole paragraphs where they are that short."""
    for name, text in texts():
        piece = ""
        for paragraph in re.split(r"\n\s*\n", text):
            for start in range(0, len(paragraph), LONGEST):
                part = paragraph[start:start + LONGEST].strip()
                if len(piece) + len(part) > LONGEST:
                    yield name, piece
                    piece = ""
                piece = f"{piece}\n\n{part}" if piece else part
            if len(piece) >= SHORTEST:
                yield name, piece
                piece = ""
        if len(piece) >= SHORTEST:
            yield name, piece


def varied(text, dice, others):
    """The same text again, but not quite: its lines in another order, some words taken from elsewhere."""
    lines = text.splitlines()
    dice.shuffle(lines)
    words = "\n".join(lines).split(" ")
    for _ in range(len(words) // 10 + 1):
        words[dice.randrange(len(words))] = dice.choice(others)
    return " ".join(words)


def contexts(count):
    """`count` contexts as dicts, always the same on the same machine."""
    dice = random.Random(1)
    whole = list(pieces())
    dice.shuffle(whole)
    others = [word for _, text in whole[:20_000] for word in text.split()[:20]]
    for number in range(count):
        name, text = whole[number % len(whole)]
        if number >= len(whole):
            text = varied(text, dice, others)
        first = " ".join(text.split()[:8])
        yield {
            "id": f"doc-{number:08}", "title": f"{os.path.basename(name)}: {first}"[:200], "content": text,
            "type": dice.choices((1, 2, 3, 5, 9), (30, 40, 15, 10, 5))[0],
            "status": dice.choices((1, 2, 3), (4, 90, 6))[0],
            "owner": dice.choice(OWNERS), "session": f"session-{number // 500}",
            "tags": dice.sample(TAGS, dice.randrange(4)), "age": (count - number) / count}
