"""The operations of one project through stock stubs."""

from cairn.v1 import operation_pb2

from .services import ProjectMethods

RUNNING = operation_pb2.Operation.STATE_RUNNING
DONE = operation_pb2.Operation.STATE_DONE
FAILED = operation_pb2.Operation.STATE_FAILED
CANCELLED = operation_pb2.Operation.STATE_CANCELLED


class Operations(ProjectMethods):
    """The operations of one project."""

    def __init__(self, channel, project):
        super().__init__(channel, [("cairn-project", project)])

    def watch(self, operation):
        """How far an operation is, again and again until it has ended."""
        for response in self.WatchOperation(id=operation.id):
            yield response.operation

    def ended(self, operation):
        """An operation once it has ended."""
        return list(self.watch(operation))[-1]

    def pages(self, **fields):
        """Every page of a list."""
        token = ""
        while True:
            page = self.ListOperations(page_token=token, **fields)
            yield list(page.operations)
            token = page.next_page_token
            if not token:
                return

    def list(self, **fields):
        """All operations of a list, whatever the pages."""
        return [operation for page in self.pages(**fields) for operation in page]


def of(contexts):
    """The operations of the project of some contexts."""
    return Operations(contexts.channel, contexts.project)


def reindexed(contexts):
    """Makes the words of a project anew; returns the operation once it has ended."""
    return of(contexts).ended(contexts.Reindex())
