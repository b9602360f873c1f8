"""A project of one test alone, and its contexts through stock stubs."""

import uuid

from cairn.v1 import context_pb2, project_pb2, project_pb2_grpc

from .feed import Watcher
from .services import ProjectMethods


class Contexts(ProjectMethods):
    """Contexts and what belongs to them, in one project."""

    def __init__(self, channel, project, **metadata):
        super().__init__(
            channel, [("cairn-project", project)] + [(f"cairn-{key}", value) for key, value in metadata.items()])
        self.project = project

    def create(self, title="a title", request_id="", **fields):
        """Creates a context and returns it."""
        return self.CreateContext(context=context_pb2.Context(title=title, **fields), request_id=request_id)

    def update(self, id, paths=(), etag="", **fields):
        """Updates the fields given, or those of `paths`."""
        mask = {"update_mask": {"paths": paths}} if paths else {}
        return self.UpdateContext(context=context_pb2.Context(id=id, etag=etag, **fields), **mask)

    def pages(self, **fields):
        """Every page of a list."""
        token = ""
        while True:
            page = self.ListContexts(page_token=token, **fields)
            yield list(page.contexts)
            token = page.next_page_token
            if not token:
                return

    def list(self, **fields):
        """All contexts of a list, whatever the pages."""
        return [context for page in self.pages(**fields) for context in page]

    def ids(self, **fields):
        return [context.id for context in self.list(**fields)]

    def watch(self, **request):
        return Watcher(self.channel, metadata=self.metadata, **request)

    def elsewhere(self, channel):
        """The same project through another channel."""
        other = Contexts(channel, self.project)
        other.metadata = self.metadata
        return other


def new_project(channel, search_language="", **metadata):
    """Makes a project and returns its contexts."""
    name = f"test-{uuid.uuid4().hex}"
    project_pb2_grpc.ProjectServiceStub(channel).CreateProject(
        project_pb2.CreateProjectRequest(project=project_pb2.Project(id=name, search_language=search_language)),
        timeout=60)
    return Contexts(channel, name, **metadata)
