"""Server reflection, v1alpha through stock grpcio-reflection and v1 through a stub of the stock proto."""

import grpc
import pytest
import reflection_pb2 as v1
import reflection_pb2_grpc as v1_grpc
from google.protobuf import descriptor_pb2
from google.protobuf.descriptor_pool import DescriptorPool
from grpc_reflection.v1alpha import reflection_pb2 as v1alpha
from grpc_reflection.v1alpha import reflection_pb2_grpc as v1alpha_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

SERVICES = {
    *(f"cairn.v1.{name}Service" for name in (
        "Agent", "Assignment", "Change", "Commit", "Context", "Memory", "Operation", "Operations", "Project", "Queue",
        "Relationship", "Replay", "Session", "SessionAnalytics", "SessionInsight", "Task", "Template", "Transfer")),
    "grpc.health.v1.Health", "grpc.channelz.v1.Channelz",
    "grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection"}


@pytest.fixture(scope="module", params=["v1", "v1alpha"])
def ask(request, channel):
    """Asks one question in the protocol version of the parameter."""
    messages, stubs = (v1, v1_grpc) if request.param == "v1" else (v1alpha, v1alpha_grpc)
    stub = stubs.ServerReflectionStub(channel)

    def ask(**question):
        answers = stub.ServerReflectionInfo(iter([messages.ServerReflectionRequest(**question)]), timeout=30)
        (answer,) = list(answers)
        return answer

    return ask


def files(answer):
    """The file descriptors of an answer by name."""
    parsed = [
        descriptor_pb2.FileDescriptorProto.FromString(serialized)
        for serialized in answer.file_descriptor_response.file_descriptor_proto]
    return {file.name: file for file in parsed}


def test_every_service_is_listed(ask):
    services = {service.name for service in ask(list_services="").list_services_response.service}
    assert SERVICES <= services


@pytest.mark.parametrize("symbol, file", [
    ("cairn.v1.ContextService", "context"), ("cairn.v1.ContextService.GetContext", "context"),
    ("cairn.v1.ContextChange.Kind", "version"), ("cairn.v1.Context", "context_resource"),
    ("cairn.v1.CONTEXT_TYPE_NOTE", "context_resource"), ("cairn.v1.Context.title", "context_resource")])
def test_the_file_of_any_symbol_is_found(ask, symbol, file):
    assert f"cairn/v1/{file}.proto" in files(ask(file_containing_symbol=symbol))


def test_files_are_what_protoc_makes_of_our_protos(ask):
    from cairn.v1 import context_pb2

    expected = descriptor_pb2.FileDescriptorProto()
    context_pb2.DESCRIPTOR.CopyToProto(expected)
    answered = files(ask(file_by_filename="cairn/v1/context.proto"))["cairn/v1/context.proto"]
    # Python's copy leaves out the JSON names, which protoc fills in for its plugins.
    for message in [*answered.message_type, *(nested for one in answered.message_type for nested in one.nested_type)]:
        for field in message.field:
            field.ClearField("json_name")
    assert answered == expected


def test_every_dependency_can_be_had_by_name(ask):
    seen, wanted = {}, ["cairn/v1/context.proto"]
    while wanted:
        name = wanted.pop()
        if name not in seen:
            seen[name] = files(ask(file_by_filename=name))[name]
            wanted += seen[name].dependency
    assert {"cairn/v1/feed.proto", "google/protobuf/timestamp.proto", "google/rpc/status.proto"} <= set(seen)


@pytest.mark.parametrize("question", [
    {"file_by_filename": "no/such.proto"}, {"file_containing_symbol": "no.Such"}])
def test_what_is_unknown_is_an_error_in_the_answer(ask, question):
    assert ask(**question).error_response.error_code == grpc.StatusCode.NOT_FOUND.value[0]


def test_many_questions_on_one_stream_are_answered_in_order(channel):
    names = ["cairn/v1/feed.proto", "cairn/v1/project.proto", "google/protobuf/any.proto"] * 20
    questions = [v1.ServerReflectionRequest(file_by_filename=name) for name in names]
    answers = list(v1_grpc.ServerReflectionStub(channel).ServerReflectionInfo(iter(questions), timeout=30))
    assert [answer.original_request for answer in answers] == questions


@pytest.mark.parametrize("name", [
    "Status", "ErrorInfo", "RetryInfo", "BadRequest", "PreconditionFailure", "QuotaFailure", "RequestInfo",
    "ResourceInfo", "Help", "LocalizedMessage", "DebugInfo"])
def test_tools_find_the_types_of_error_details(ask, name):
    answered = files(ask(file_containing_symbol=f"google.rpc.{name}"))
    assert any(name == message.name for file in answered.values() for message in file.message_type)


def test_a_stock_client_needs_no_stubs(channel):
    pool = DescriptorPool(ProtoReflectionDescriptorDatabase(channel))
    method = pool.FindServiceByName("cairn.v1.ContextService").FindMethodByName("CreateContext")
    assert method.input_type.fields_by_name["context"].message_type.full_name == "cairn.v1.Context"
