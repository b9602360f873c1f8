"""Writes vectors.json: messages of everything.proto as Python's protobuf serializes and prints them.

    .venv/bin/python Tests/DynamicMessageTests/Vectors/make-vectors.py

Needs protoc on the PATH. The seed is fixed; the file changes only with this script or protobuf itself.
"""

import json
import pathlib
import random
import subprocess
import sys
import tempfile

from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory

HERE = pathlib.Path(__file__).parent
COUNT = 150

EDGES = {
    "int32": [0, 1, -1, 2**31 - 1, -(2**31)],
    "int64": [0, 1, -1, 2**63 - 1, -(2**63)],
    "uint32": [0, 1, 2**32 - 1],
    "uint64": [0, 1, 2**64 - 1],
    "double": [0.0, -0.0, 1.5, 1e300, 5e-324, 0.1, float("inf"), float("-inf"), float("nan"), 1e16],
    "float": [0.0, -0.0, 1.5, 0.1, 3.4028234663852886e38, 1.1754943508222875e-38, float("inf"), float("nan")],
}
TEXTS = ["", "a", "Grüße", "😀 \u2028", "a\0b", '"\\\n\t\x7f', "x" * 200]


def types():
    with tempfile.NamedTemporaryFile() as out:
        subprocess.run(
            ["protoc", f"-I{HERE}", "--include_imports", f"--descriptor_set_out={out.name}", "everything.proto"],
            check=True,
        )
        files = descriptor_pb2.FileDescriptorSet.FromString(out.read())
    pool = descriptor_pool.DescriptorPool()
    for file in files.file:
        pool.Add(file) if hasattr(pool, "Add") else pool.AddSerializedFile(file.SerializeToString())
    return pool, lambda name: message_factory.GetMessageClass(pool.FindMessageTypeByName(name))


class Maker:
    def __init__(self, seed, type_of):
        self.random = random.Random(seed)
        self.type_of = type_of

    def scalar(self, field):
        kind = {v: k[5:].lower() for k, v in vars(type(field)).items() if k.startswith("TYPE_")}[field.type]
        kind = {
            "sint32": "int32", "sfixed32": "int32", "fixed32": "uint32",
            "sint64": "int64", "sfixed64": "int64", "fixed64": "uint64",
        }.get(kind, kind)
        if kind == "bool":
            return self.random.random() < 0.5
        if kind == "string":
            return self.random.choice(TEXTS)
        if kind == "bytes":
            return self.random.randbytes(self.random.choice([0, 1, 2, 3, 40]))
        if kind == "enum":
            numbers = [v.number for v in field.enum_type.values]
            return self.random.choice(numbers + ([7] if field.enum_type.name == "Color" else []))
        if self.random.random() < 0.5 or kind in ("double", "float"):
            return self.random.choice(EDGES[kind])
        low, high = min(EDGES[kind]), max(EDGES[kind])
        return self.random.randint(low, high)

    def fill(self, message, depth):
        fields = list(message.DESCRIPTOR.fields)
        for field in self.random.sample(fields, self.random.randint(0, 14)):
            repeated = field.is_repeated if hasattr(field, "is_repeated") else field.label == 3
            if field.message_type is None:
                if repeated:
                    count = self.random.randint(1, 4)
                    getattr(message, field.name).extend([self.scalar(field) for _ in range(count)])
                else:
                    setattr(message, field.name, self.scalar(field))
            elif field.message_type.GetOptions().map_entry:
                self.map(message, field, depth)
            elif repeated:
                if depth < 3:
                    for _ in range(self.random.randint(1, 2)):
                        self.fill(getattr(message, field.name).add(), depth + 1)
            else:
                self.single(getattr(message, field.name), depth)

    def map(self, message, field, depth):
        key, value = field.message_type.fields_by_name["key"], field.message_type.fields_by_name["value"]
        entries = getattr(message, field.name)
        for _ in range(self.random.randint(1, 3)):
            name = self.scalar(key)
            if value.message_type is None:
                entries[name] = self.scalar(value)
            elif value.message_type.name == "Value":
                self.single(entries[name], depth)
            elif depth < 3:
                self.fill(entries[name], depth + 1)

    def single(self, message, depth):
        name = message.DESCRIPTOR.name
        message.SetInParent()
        if name == "Everything":
            if depth < 3:
                self.fill(message, depth + 1)
        elif name == "Timestamp":
            message.seconds = self.random.randint(-62135596800, 253402300799)
            message.nanos = self.random.choice([0, 1, 1000, 500000000, 999999999])
        elif name == "Duration":
            sign = self.random.choice([1, -1])
            message.seconds = sign * self.random.choice([0, 5, 315575999999])
            message.nanos = sign * self.random.choice([0, 1, 1000, 500000000])
        elif name == "FieldMask":
            message.paths.extend(self.random.sample(["a", "b_c", "d.e_f", "create_time"], 2))
        elif name in ("Struct", "ListValue", "Value"):
            json_format.ParseDict(self.json_of(name), message)
        elif name == "Any":
            inner = self.type_of(self.random.choice(
                ["cairn.test.Everything", "google.protobuf.Duration", "google.protobuf.Empty",
                 "google.protobuf.StringValue", "google.protobuf.Struct", "google.protobuf.Any"]))()
            if inner.DESCRIPTOR.name != "Any" or depth < 2:
                self.single(inner, depth + 1)
            message.Pack(inner)
        elif name != "Empty":
            message.value = self.scalar(message.DESCRIPTOR.fields_by_name["value"])

    def json_of(self, name, depth=0):
        if name == "Struct":
            return {self.random.choice(TEXTS): self.json_of("Value", depth + 1) for _ in range(2)}
        if name == "ListValue":
            return [self.json_of("Value", depth + 1) for _ in range(self.random.randint(0, 3))]
        kinds = [None, True, 1.5, -1e20, 3, "text", ""]
        choice = self.random.randint(0, len(kinds) + (1 if depth < 3 else -1))
        return kinds[choice] if choice < len(kinds) else self.json_of(["Struct", "ListValue"][choice - len(kinds)], depth)


def main():
    pool, type_of = types()
    everything = type_of("cairn.test.Everything")
    vectors = []
    for seed in range(COUNT):
        message = everything()
        Maker(seed, type_of).fill(message, 0)
        vectors.append({
            "hex": message.SerializeToString(deterministic=True).hex(),
            "json": json_format.MessageToJson(message, indent=None, descriptor_pool=pool, ensure_ascii=False),
        })
    with open(HERE / "vectors.json", "w") as out:
        json.dump(vectors, out, indent=0, ensure_ascii=False)
        out.write("\n")
    print(f"{len(vectors)} vectors, {sum(len(v['hex']) // 2 for v in vectors)} bytes", file=sys.stderr)


main()
