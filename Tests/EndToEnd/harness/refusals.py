"""What a refused call said: status, reason and details, through stock grpcio-status."""

import dataclasses

import grpc
import pytest
from google.rpc import error_details_pb2
from grpc_status import rpc_status


@dataclasses.dataclass
class Refusal:
    """A failed call's status with its google.rpc details."""

    code: grpc.StatusCode
    message: str
    reason: str = ""
    domain: str = ""
    metadata: dict = dataclasses.field(default_factory=dict)
    fields: dict = dataclasses.field(default_factory=dict)
    resources: list = dataclasses.field(default_factory=list)


def refusal(error):
    """Reads a grpc.RpcError. Its status message and the one in the details must be the same."""
    result = Refusal(error.code(), error.details())
    status = rpc_status.from_call(error)
    for detail in status.details if status else []:
        info, bad, resource = (
            error_details_pb2.ErrorInfo(), error_details_pb2.BadRequest(), error_details_pb2.ResourceInfo())
        if detail.Unpack(info):
            result.reason, result.domain, result.metadata = info.reason, info.domain, dict(info.metadata)
        elif detail.Unpack(bad):
            result.fields.update({field.field: field.description for field in bad.field_violations})
        elif detail.Unpack(resource):
            result.resources.append((resource.resource_type, resource.resource_name))
    return result


def refused(call, *arguments, code=None, reason=None, **options):
    """Makes a call that must fail, checks its code and reason where given, and returns the refusal."""
    with pytest.raises(grpc.RpcError) as caught:
        call(*arguments, **options)
    result = refusal(caught.value)
    if code is not None:
        assert result.code == code, result
    if reason is not None:
        assert (result.reason, result.domain) == (reason, "cairn.dev"), result
    return result
