"""Every method of cairn.v1 through stock stubs, whichever service it belongs to: no two have the same name."""

import functools
import importlib
import pkgutil

import cairn.v1
from google.protobuf import message_factory

from . import SLOWNESS


@functools.cache
def methods():
    """The descriptor of every method by its name, with the class of the stubs that have it."""
    found = {}
    for file in pkgutil.iter_modules(cairn.v1.__path__, "cairn.v1."):
        if file.name.endswith("_pb2"):
            for service in importlib.import_module(file.name).DESCRIPTOR.services_by_name.values():
                stub = getattr(importlib.import_module(f"{file.name}_grpc"), f"{service.name}Stub")
                for method in service.methods:
                    assert method.name not in found, f"two methods are called {method.name}"
                    found[method.name] = method, stub
    return found


class Methods:
    """`Methods(channel).GetContext(request)` calls a method of whichever service has it."""

    def __init__(self, channel):
        self._channel = channel
        self._stubs = {}

    def __getattr__(self, name):
        if name not in methods():
            raise AttributeError(name)
        _, stub = methods()[name]
        if stub not in self._stubs:
            self._stubs[stub] = stub(self._channel)
        return getattr(self._stubs[stub], name)


class ProjectMethods:
    """The methods in one project: `methods.GetContext(id="x")` sends GetContextRequest(id="x")."""

    def __init__(self, channel, metadata):
        self.channel = channel
        self.metadata = metadata
        self._methods = Methods(channel)

    def __getattr__(self, name):
        call = getattr(self._methods, name)
        request = message_factory.GetMessageClass(methods()[name][0].input_type)

        def invoke(timeout=60 * SLOWNESS, **fields):
            return call(request(**fields), timeout=timeout, metadata=self.metadata)

        return invoke
