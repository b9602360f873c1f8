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

  /// `$1` to `$8` of a statement that writes rows with provenance: project, principal, agent, session, task, lease, its
  /// epoch, operation.
  package var parameters: [any PostgresValue] {
    [project.text, principal, agent, session, task, lease?.id, lease?.epoch, operation]
  }

  /// Whose writes share connections and commits.
  var group: WriteGroup { WriteGroup(project.text) }

  /// The first step of every write in the project.
  var prologue: BoundStatement {
    JournalQueries.lockProjectShared.bind([AdvisoryLockClass.project.rawValue, project.lockKey])
  }
}
