"""Calls whose bytes no stock stub would send: each is a clear error, and the server goes on serving."""

import grpc
import pytest
from cairn.v1 import context_pb2, context_pb2_grpc
from google.protobuf.internal import encoder

from harness.refusals import refused
from harness.services import methods

INVALID = grpc.StatusCode.INVALID_ARGUMENT


@pytest.fixture(scope="module")
def contexts(channel):
    return context_pb2_grpc.ContextServiceStub(channel)


@pytest.fixture
def raw(channel, contexts):
    """Calls a method with bytes in and bytes out. Afterwards the server must still be serving."""

    def call(method, body):
        return channel.unary_unary(f"/{methods()[method][0].containing_service.full_name}/{method}")(body, timeout=60)

    yield call
    assert contexts.ListContexts(context_pb2.ListContextsRequest(page_size=1), timeout=60) is not None


def field(number, body):
    """A length-delimited field."""
    return encoder.TagBytes(number, 2) + encoder._VarintBytes(len(body)) + body


def create(**fields):
    """A CreateContextRequest with a title and the raw bytes of further string fields."""
    numbers = {"id": 1, "title": 2, "content": 5, "data": 6, "owner": 8, "tags": 10}
    context = b"".join(field(numbers[name], body) for name, body in {"title": b"t", **fields}.items())
    return field(1, context)


@pytest.mark.parametrize("body", [
    pytest.param(b"\xff", id="cut inside a tag"),
    pytest.param(b"\x0a", id="a length is missing"),
    pytest.param(b"\x0a\x05abc", id="shorter than its length"),
    pytest.param(b"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\x7f", id="longer than any memory"),
    pytest.param(b"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", id="a varint of eleven bytes"),
    pytest.param(b"\x00\x01", id="field number 0"),
    pytest.param(b"\x0c", id="an end-group without its start"),
    pytest.param(b"\x0b\x0b\x0b", id="groups that never end"),
    pytest.param(b"\x0e", id="wire type 6"),
    pytest.param(b"\x0f", id="wire type 7"),
    pytest.param(b"\x0a\x02\xc3\x28", id="invalid UTF-8"),
    pytest.param(b"\x0a\x03\xed\xa0\x80", id="a surrogate in UTF-8"),
    pytest.param(b"\x0b" * 5_000 + b"\x0c" * 5_000, id="5,000 nested groups"),
])
def test_a_message_that_cannot_be_decoded_is_refused(raw, body):
    refused(raw, "GetContext", body, code=INVALID, reason="MESSAGE_MALFORMED")


@pytest.mark.parametrize("method, element", [
    ("BatchCreateContexts", b"\x0a\x00"), ("RelateContexts", b"\x0a\x00"), ("ImportContexts", b"\x12\x00")])
def test_a_message_of_two_million_elements_is_refused_by_what_it_takes(raw, method, element):
    refusal = refused(
        raw, method, element * 2_000_000, code=grpc.StatusCode.RESOURCE_EXHAUSTED, reason="MESSAGE_TOO_LARGE")
    assert "bytes of memory" in refusal.message


def test_deeply_nested_metadata_is_refused(raw):
    value = b""
    for _ in range(5_000):
        value = field(5, field(1, field(1, b"k") + field(2, value)))
    metadata = field(1, field(1, b"k") + field(2, value))
    refused(raw, "CreateContext", field(1, field(2, b"t") + field(11, metadata)), code=INVALID)


@pytest.mark.parametrize("name", ["id", "title", "content", "owner", "tags"])
def test_invalid_utf8_in_a_string_is_refused(raw, name):
    refused(raw, "CreateContext", create(**{name: b"a\xff"}), code=INVALID, reason="MESSAGE_MALFORMED")


@pytest.mark.parametrize("name", ["id", "title", "content", "owner", "tags"])
def test_nul_in_a_string_is_refused_by_the_name_of_its_field(raw, name):
    refusal = refused(raw, "CreateContext", create(**{name: b"a\0b"}), code=INVALID, reason="FIELD_INVALID")
    assert any(path.startswith(f"context.{name}") for path in refusal.fields), refusal


def test_nul_in_data_is_data(raw):
    answer = context_pb2.Context.FromString(raw("CreateContext", create(data=b"\0\xff\0")))
    assert answer.data == b"\0\xff\0"


def test_a_million_tags_are_refused_by_the_name_of_their_field(raw):
    body = field(1, field(2, b"t") + field(10, b"x") * 1_000_000)
    refusal = refused(raw, "CreateContext", body, code=INVALID, reason="FIELD_INVALID")
    assert any(path.startswith("context.tags") for path in refusal.fields), refusal
    assert len(refusal.fields) < 1_000


def test_an_unknown_field_is_skipped(raw):
    answer = raw("CreateContext", create() + field(536_870_911, b"from the future"))
    assert context_pb2.Context.FromString(answer).title == "t"


@pytest.mark.parametrize("number", [17, -1, 2**31 - 1, -(2**31)])
def test_an_enum_value_that_does_not_exist_is_refused_by_the_name_of_its_field(raw, number):
    body = context_pb2.CreateContextRequest(context=context_pb2.Context(title="t", type=number)).SerializeToString()
    refusal = refused(raw, "CreateContext", body, code=INVALID, reason="FIELD_INVALID")
    assert list(refusal.fields) == ["context.type"]


@pytest.mark.parametrize("path", [
    "/cairn.v1.ContextService/NoSuchMethod", "/cairn.v1.NoSuchService/GetContext", "/", "/x", "//", "/a/b/c"])
def test_an_unknown_method_is_unimplemented(channel, path):
    refusal = refused(channel.unary_unary(path), b"", timeout=30, code=grpc.StatusCode.UNIMPLEMENTED)
    assert all(part in refusal.message for part in path.split("/")), refusal


class TestSize:
    """The largest message that a server takes."""

    @staticmethod
    def padded(size):
        """A GetContextRequest of exactly `size` bytes."""
        request = context_pb2.GetContextRequest(id="absent").SerializeToString()
        for overhead in range(12):
            body = request + field(1000, b"\0" * (size - len(request) - overhead))
            if len(body) == size:
                return body
        raise AssertionError("no such padding")

    def test_the_limit_is_exact_and_the_refusal_names_size_and_limit(self, raw):
        big = refused(
            raw, "GetContext", self.padded(30_000_000), code=grpc.StatusCode.RESOURCE_EXHAUSTED,
            reason="MESSAGE_TOO_LARGE")
        assert big.metadata["size"] == "30000000" and "30000000" in big.message
        limit = int(big.metadata["limit"])
        assert str(limit) in big.message
        refused(raw, "GetContext", self.padded(limit), code=grpc.StatusCode.NOT_FOUND)
        above = refused(
            raw, "GetContext", self.padded(limit + 1), code=grpc.StatusCode.RESOURCE_EXHAUSTED,
            reason="MESSAGE_TOO_LARGE")
        assert above.metadata["size"] == str(limit + 1)

    def test_a_batch_as_large_as_stock_clients_send_is_taken(self, contexts):
        requests = [
            context_pb2.CreateContextRequest(context=context_pb2.Context(title=str(i), content="x" * 1_000_000))
            for i in range(3)]
        answer = contexts.BatchCreateContexts(context_pb2.BatchCreateContextsRequest(requests=requests), timeout=60)
        assert all(result.WhichOneof("outcome") == "context" for result in answer.results)
