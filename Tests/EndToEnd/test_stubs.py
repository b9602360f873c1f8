"""Stubs for every language: stock generators take our protos, and what they make can be compiled and used."""

import ast
import keyword
import subprocess
import sys

import grpc_tools
import pytest
from google.protobuf import descriptor_pb2

from harness import ROOT
from harness.project import new_project

PROTOS = ROOT / "Protos"
FILES = sorted(path for folder in ("cairn/v1", "google/rpc") for path in (PROTOS / folder).glob("*.proto"))
DEBIAN = ["protoc", f"--proto_path={PROTOS}", "--proto_path=/usr/include"]
PYPI = [sys.executable, "-m", "grpc_tools.protoc", f"--proto_path={PROTOS}", "--proto_path",
        f"{grpc_tools.__path__[0]}/_proto"]

GENERATORS = [
    *((DEBIAN, name) for name in ("cpp", "csharp", "java", "kotlin", "objc", "php", "pyi", "python", "ruby")),
    *((DEBIAN, f"grpc_{name}_plugin") for name in ("cpp", "java", "php", "python", "ruby")),
    *((PYPI, name) for name in ("pyi", "python", "grpc_python")),
]

# Reserved words by the languages whose generators write a field's name as it stands, or in lower camel case.
# C# and Go capitalise it.
RESERVED = {
    "Python": keyword.kwlist,
    "C++": """alignas alignof and and_eq asm auto bitand bitor bool break case catch char class compl concept const
        const_cast constexpr continue decltype default delete do double dynamic_cast else enum explicit export extern
        false float for friend goto if inline int long mutable namespace new noexcept not not_eq nullptr operator or
        or_eq private protected public register reinterpret_cast requires return short signed sizeof static
        static_assert static_cast struct switch template this thread_local throw true try typedef typeid typename union
        unsigned using virtual void volatile wchar_t while xor xor_eq""".split(),
    "Java": """abstract assert boolean break byte case catch char class const continue default do double else enum
        extends false final finally float for goto if implements import instanceof int interface long native new null
        package private protected public return short static strictfp super switch synchronized this throw throws
        transient true try void volatile while""".split(),
    "Kotlin": """as break class continue do else false for fun if in interface is null object package return super this
        throw true try typealias typeof val var when while""".split(),
    "Swift": """as associatedtype break case catch class continue default defer deinit do else enum extension fallthrough
        false fileprivate for func guard if import in init inout internal is let nil operator precedencegroup private
        protocol public repeat rethrows return self static struct subscript super switch throw throws true try typealias
        var where while""".split(),
    "TypeScript": """break case catch class const continue debugger default delete do else enum export extends false
        finally for function if import in instanceof new null return super switch this throw true try typeof var void
        while with""".split(),
}


def generate(command, generator, output):
    output.mkdir()
    option = f"--{generator}_out={output}"
    if generator.endswith("_plugin"):
        option = f"--plugin=protoc-gen-stub=/usr/bin/{generator}", f"--stub_out={output}"
    made = subprocess.run(
        [*command, *([option] if isinstance(option, str) else option), *map(str, FILES)], capture_output=True, text=True)
    assert made.returncode == 0 and not made.stderr, made.stderr
    return [path for path in output.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    "command, generator", GENERATORS, ids=[f"{command[0].rpartition('/')[2]}-{name}" for command, name in GENERATORS])
def test_stock_generators_take_the_protos(command, generator, tmp_path):
    files = generate(command, generator, tmp_path / "out")
    # A service's methods only, or all messages.
    word = "RelateContexts" if "grpc" in generator else "RelationshipFilter"
    assert any(word.encode() in path.read_bytes() for path in files)


@pytest.fixture(scope="module")
def descriptors(tmp_path_factory):
    path = tmp_path_factory.mktemp("descriptors") / "set"
    subprocess.run([*DEBIAN, f"--descriptor_set_out={path}", *map(str, FILES)], check=True)
    return descriptor_pb2.FileDescriptorSet.FromString(path.read_bytes())


def messages(of):
    nested = of.message_type if isinstance(of, descriptor_pb2.FileDescriptorProto) else of.nested_type
    for message in nested:
        yield message
        yield from messages(message)


def test_no_field_is_named_like_a_reserved_word(descriptors):
    names = {
        name: message.name for file in descriptors.file for message in messages(file)
        for one in (*message.field, *message.oneof_decl) for name in (one.name, getattr(one, "json_name", one.name))}
    assert len(names) > 300
    assert {(language, names[word], word) for language, words in RESERVED.items() for word in words if word in names} == set()


def test_every_message_can_be_written_in_python(descriptors, tmp_path):
    """Every field by its name, in the text of a program and in the types that an editor is told."""
    for path in generate(PYPI, "pyi", tmp_path / "types"):
        ast.parse(path.read_text())
    for file in descriptors.file:
        for message in messages(file):
            compile(f"{message.name}({', '.join(f'{field.name}=None' for field in message.field)})", file.name, "eval")


def test_files_say_where_stubs_belong(descriptors):
    ours = [file for file in descriptors.file if file.package == "cairn.v1"]
    assert {(f.options.java_package, f.options.go_package, f.options.java_multiple_files, f.options.objc_class_prefix)
            for f in ours} == {("dev.cairn.v1", "cairn.dev/gen/cairn/v1;cairnv1", True, "CRN")}
    outer = [file.options.java_outer_classname for file in ours]
    assert len(set(outer)) == len(ours) and all(outer)


@pytest.mark.timeout(600)
def test_a_cpp_client_uses_the_stubs(cpp_client, server, channel):
    project = new_project(channel).project
    assert run(cpp_client, server.address, project) == ["a RELATIONSHIP_KIND_FOLLOWS b"]


@pytest.mark.timeout(600)
def test_a_java_client_uses_the_stubs(java_client, server, channel):
    project = new_project(channel).project
    assert run(java_client, "127.0.0.1", server.port, project) == ["a RELATIONSHIP_KIND_FOLLOWS b"]


def run(*command):
    ended = subprocess.run([str(each) for each in command], capture_output=True, text=True, timeout=300)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout.splitlines()
