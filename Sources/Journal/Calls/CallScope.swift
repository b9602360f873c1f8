import Postgres

/// Who does something, where, and as part of what: the provenance of every row that a call writes.
package struct CallScope: Sendable {
  package var project: ProjectID
  package var principal: String
  package var agent: String?
  package var session: String?
  package var task: String?
  /// The lease that the writes of the call are made under.
  package var lease: Lease?
  /// The method, such as `cairn.v1.ContextService/UpdateContext`.
  package var operation: String
  /// Set when the caller named the request, so that a repetition gets the first answer.
  package var request: RequestKey?
  /// What becomes of the call's writes.
  package var effect = WriteEffect.kept

  package init(
    project: ProjectID = .default, principal: String = "anonymous", agent: String? = nil,
    session: String? = nil, task: String? = nil, lease: Lease? = nil, operation: String,
    request: RequestKey? = nil
  ) {
    self.project = project
    self.principal = principal
    self.agent = agent
    self.session = session
    self.task = task
    self.lease = lease
    self.operation = operation
    self.request = request
  }

  /// `@project`, and the provenance of what a statement writes, `{provenance}`.
  package static let parameters: [Parameter<CallScope>] = [
    .init("project") { $0.project.text },
    .init("by_principal") { $0.principal },
    .init("by_agent") { $0.agent },
    .init("by_session") { $0.session },
    .init("by_task") { $0.task },
    .init("by_lease") { $0.lease?.id },
    .init("by_epoch") { $0.lease?.epoch },
    .init("by_operation") { $0.operation },
  ]

  /// Whose writes share connections and commits.
  var group: WriteGroup { WriteGroup(project.text) }

  /// The first step of every write in the project.
  var prologue: BoundStatement { JournalQueries.lockProjectShared.bind(project) }
}
