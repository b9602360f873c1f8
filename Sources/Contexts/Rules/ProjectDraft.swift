import CairnAPI
import GRPC
import Journal
import Requests

/// A project that may be made.
struct ProjectDraft {
  let id: ProjectID
  let title: String

  init(validating request: CreateProjectRequest) throws(RPCError) {
    var violations = Violations()
    let project = request.project ?? Project()
    if request.project == nil { violations.add("project", "must be set") }
    let id = violations.projectID("project.id", project.id)
    violations.text("project.title", project.title, atMost: Limits.titleLength)
    violations.requestID(request.requestId)
    try violations.check()
    self.id = id
    title = project.title
  }
}

extension Violations {
  /// The project that `text` names.
  mutating func projectID(_ field: String, _ text: String) -> ProjectID {
    if let id = ProjectID(text) { return id }
    add(
      field,
      "must be 1 to 63 lower-case letters, digits, `-`, `_` or `.`, the first a letter or a digit")
    return .default
  }
}
