"""What became of the items of a batch."""

from google.rpc import error_details_pb2


def codes(response):
    """The status of each item; 0 for those that went well."""
    return [result.error.code if result.WhichOneof("outcome") == "error" else 0 for result in response.results]


def reason(result):
    """The reason why an item was refused."""
    for detail in result.error.details:
        info = error_details_pb2.ErrorInfo()
        if detail.Unpack(info):
            return info.reason
    return None
