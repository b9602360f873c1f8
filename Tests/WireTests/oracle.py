"""Python's protobuf as the judge of ours: reads questions line by line, answers each with one line.

    oracle.py DESCRIPTOR_SET MODE [ARGUMENT...]

All messages are wiretest.Everything. Bytes go as hexadecimal text; "-" stands for none.
"""

import math
import random
import sys

from google.protobuf import descriptor, descriptor_pb2, descriptor_pool, json_format, message_factory

POOL = descriptor_pool.DescriptorPool()
TYPE = None


def load(path):
    global TYPE
    files = descriptor_pb2.FileDescriptorSet()
    with open(path, "rb") as file:
        files.ParseFromString(file.read())
    for file in files.file:
        POOL.Add(file)
    TYPE = message_factory.GetMessageClass(POOL.FindMessageTypeByName("wiretest.Everything"))


def to_hex(data):
    return data.hex() or "-"


def from_hex(text):
    return b"" if text == "-" else bytes.fromhex(text)


def canonical(message):
    return message.SerializeToString(deterministic=True)


# Random messages

WELL_KNOWN = "google.protobuf."
D = descriptor.FieldDescriptor
RANGES = {
    D.CPPTYPE_INT32: (-(2**31), 2**31 - 1),
    D.CPPTYPE_INT64: (-(2**63), 2**63 - 1),
    D.CPPTYPE_UINT32: (0, 2**32 - 1),
    D.CPPTYPE_UINT64: (0, 2**64 - 1),
}
ALPHABET = ["a", "Z", "7", " ", '"', "\\", "\n", "\0", "\x7f", "/", "é", "ß", "Ω", "水", "\u2028", "\ufffd", "😀", "\U0010ffff"]


class Maker:
    def __init__(self, seed):
        self.random = random.Random(seed)
        # How many messages around what is being made are packed into an Any. Python packs maps in no
        # certain order, so there they have one entry.
        self.packed = 0

    def text(self):
        length = self.random.choice([0, 1, 3, 10, 15, 16, 17, 60, 200])
        return "".join(self.random.choice(ALPHABET) for _ in range(length))

    def integer(self, low, high):
        bits = self.random.randrange(65)
        near = self.random.choice([low, high, 0, self.random.getrandbits(bits), -self.random.getrandbits(bits)])
        return max(low, min(high, near + self.random.randrange(-2, 3)))

    def floating(self, single):
        value = self.random.choice([0.0, -0.0, 1.5, -1e-7, 1e30, math.inf, -math.inf, math.nan, 5e-324, 16777216.0,
                                    self.random.uniform(-1e6, 1e6), self.random.random()])
        return value if not single or value != 5e-324 else 1e-45

    def scalar(self, field):
        kind = field.cpp_type
        if kind in RANGES:
            return self.integer(*RANGES[kind])
        if kind in (D.CPPTYPE_DOUBLE, D.CPPTYPE_FLOAT):
            return self.floating(kind == D.CPPTYPE_FLOAT)
        if kind == D.CPPTYPE_BOOL:
            return self.random.random() < 0.5
        if kind == D.CPPTYPE_ENUM:
            known = [value.number for value in field.enum_type.values]
            # NullValue has one value; others may hold numbers without a name.
            unnamed = [] if len(known) == 1 else [12345, -2**31]
            return self.random.choice(known + unnamed)
        text = self.text()
        return text if field.type == D.TYPE_STRING else text.encode()

    def fill(self, message, depth):
        name = message.DESCRIPTOR.full_name
        if name.startswith(WELL_KNOWN) and self.fill_special(message, name[len(WELL_KNOWN):], depth):
            return message
        fields = list(message.DESCRIPTOR.fields)
        chosen = self.random.sample(fields, min(len(fields), self.random.choice([0, 1, 3, 6, 20])))
        for field in chosen:
            self.set(message, field, depth)
        return message

    def set(self, message, field, depth):
        is_message = field.cpp_type == D.CPPTYPE_MESSAGE
        if is_message and depth == 0:
            return
        target = getattr(message, field.name)
        if is_message and field.message_type.GetOptions().map_entry:
            key, value = field.message_type.fields_by_name["key"], field.message_type.fields_by_name["value"]
            for _ in range(1 if self.packed else self.random.choice([1, 2, 7])):
                at = self.scalar(key)
                if value.cpp_type != D.CPPTYPE_MESSAGE:
                    target[at] = self.scalar(value)
                elif depth > 1:
                    self.fill(target[at], depth - 1)
        elif field.is_repeated:
            for _ in range(self.random.choice([1, 2, 5, 40 if not is_message else 3])):
                if is_message:
                    self.fill(target.add(), depth - 1)
                else:
                    target.append(self.scalar(field))
        elif is_message:
            target.SetInParent()
            self.fill(target, depth - 1)
        else:
            setattr(message, field.name, self.scalar(field))

    def fill_special(self, message, name, depth):
        if name == "Timestamp":
            message.seconds = self.random.randrange(-62135596800, 253402300800)
            message.nanos = self.nanos()
        elif name == "Duration":
            message.seconds = self.random.choice([0, self.random.randrange(-315576000000 + 1, 315576000000)])
            message.nanos = self.nanos() * (-1 if message.seconds < 0 else 1)
        elif name == "FieldMask":
            message.paths.extend(self.random.sample(["a", "foo_bar", "x.y_z.w", "many_int32", "q"], 2))
        elif name == "Value":
            self.fill_value(message, depth)
        elif name == "Any":
            inner = message_factory.GetMessageClass(POOL.FindMessageTypeByName(self.random.choice(
                ["wiretest.Leaf", "wiretest.Everything", "google.protobuf.Duration", "google.protobuf.Value",
                 "google.protobuf.Empty", "google.protobuf.Int64Value"])))()
            self.packed += 1
            message.Pack(self.fill(inner, max(depth - 1, 1)), deterministic=True)
            self.packed -= 1
        else:
            return False
        return True

    def fill_value(self, value, depth):
        kind = self.random.randrange(6 if depth > 0 else 4)
        if kind == 0:
            value.null_value = 0
        elif kind == 1:
            value.number_value = self.random.choice([0.0, -1.5, 1e22, self.random.random()])
        elif kind == 2:
            value.string_value = self.text()
        elif kind == 3:
            value.bool_value = self.random.random() < 0.5
        elif kind == 4:
            value.struct_value.SetInParent()
            for _ in range(self.random.randrange(2 if self.packed else 4)):
                self.fill_value(value.struct_value.fields[self.text()], depth - 1)
        else:
            value.list_value.SetInParent()
            for _ in range(self.random.randrange(4)):
                self.fill_value(value.list_value.values.add(), depth - 1)

    def nanos(self):
        return self.random.choice([0, 1, 999_999_999, 120_000_000, 5_000, self.random.randrange(1_000_000_000)])


# Modes


def generate(seed, count):
    """Random messages: for each a line of bytes and a line of JSON."""
    maker = Maker(int(seed))
    for _ in range(int(count)):
        message = maker.fill(TYPE(), 3)
        print(to_hex(canonical(message)))
        print(json_format.MessageToJson(message, indent=None, descriptor_pool=POOL))


def evaluate():
    """Python statements on the message `m`: the bytes of the message."""
    for line in sys.stdin:
        message = TYPE()
        exec(line, {"m": message, "inf": math.inf, "nan": math.nan, "json_format": json_format})
        print(to_hex(canonical(message)))


def strip_maps(message):
    for field, value in message.ListFields():
        if field.cpp_type != D.CPPTYPE_MESSAGE:
            continue
        if field.message_type.GetOptions().map_entry:
            message.ClearField(field.name)
        else:
            for part in value if field.is_repeated else [value]:
                strip_maps(part)


def normalize(parts="everything"):
    """Bytes: what Python writes after having read them, or `refused`.

    `known` leaves out maps and unknown fields: a map entry with an unknown field is an entry to us, and an
    unknown field to Python.
    """
    for line in sys.stdin:
        message = TYPE()
        try:
            message.ParseFromString(from_hex(line.strip()))
            if parts == "known":
                message.DiscardUnknownFields()
                strip_maps(message)
            print(to_hex(canonical(message)))
        except Exception:
            print("refused")


def read_json():
    """JSON texts: the bytes of the message, or `refused`."""
    for line in sys.stdin:
        message = TYPE()
        try:
            json_format.Parse(line, message, descriptor_pool=POOL)
            print(to_hex(canonical(message)))
        except Exception:
            print("refused")


if __name__ == "__main__":
    sys.stdin.reconfigure(encoding="utf-8", newline="\n")
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    load(sys.argv[1])
    modes = {"generate": generate, "evaluate": evaluate, "normalize": normalize, "json": read_json}
    modes[sys.argv[2]](*sys.argv[3:])
