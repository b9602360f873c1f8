import Postgres

extension JournalQueries {
  static let operations: [any CheckedStatement] = [
    beginOperation, findOperation, cancelOperation, claimOperations, holdOperation, advanceOperation,
    leaveOperation, failOperation,
  ]

  static let beginOperation = Query<BeginOperation, OperationRow.Columns>(
    "begin_operation", PackageResources.begin_operation_sql, including: .journal,
    [
      .init("project") { $0.project.text },
      .init("id") { $0.id },
      .init("kind") { $0.kind },
      .init("subject") { $0.subject },
      .init("principal") { $0.principal },
      .init("total") { $0.total },
    ])
  static let findOperation = Query<OperationInput, OperationRow.Columns>(
    "find_operation", PackageResources.find_operation_sql, including: .journal, operationParameters)
  static let cancelOperation = Query<OperationInput, OperationRow.Columns>(
    "cancel_operation", PackageResources.cancel_operation_sql, including: .journal, operationParameters)
  static let claimOperations = Query<(holder: String, kinds: [String], limit: Int), OperationRow.Columns>(
    "claim_operations", PackageResources.claim_operations_sql, including: .journal,
    [.init("holder") { $0.holder }, .init("kinds") { $0.kinds }, .init("limit") { $0.limit }])
  static let holdOperation = Query<HeldOperation, OperationRow.Columns>(
    "hold_operation", PackageResources.hold_operation_sql, including: .journal, HeldOperation.parameters)
  static let advanceOperation = Query<(held: HeldOperation, progress: WorkProgress), NoColumns>(
    "advance_operation", PackageResources.advance_operation_sql,
    parameters(HeldOperation.parameters) { $0.held } + [
      .init("done") { $0.progress.done }, .init("resume") { $0.progress.resume },
    ])
  /// Given for how many seconds everybody leaves it alone.
  static let leaveOperation = Query<(held: HeldOperation, pause: Double), NoColumns>(
    "leave_operation", PackageResources.leave_operation_sql,
    parameters(HeldOperation.parameters) { $0.held } + [.init("pause") { $0.pause }])
  static let failOperation = Query<(held: HeldOperation, message: String, attempts: Int), NoColumns>(
    "fail_operation", PackageResources.fail_operation_sql,
    parameters(HeldOperation.parameters) { $0.held } + [
      .init("message") { $0.message }, .init("attempts") { $0.attempts },
    ])

  typealias OperationInput = (project: ProjectID, id: String)

  private static let operationParameters: [Parameter<OperationInput>] = [
    .init("project") { $0.project.text }, .init("id") { $0.id },
  ]
}

extension JournalQueries {
  static let listOperations = ComposedQuery<OperationRow.Columns>(
    "list_operations", SQLFragments(PackageResources.list_operations_sql, including: .journal))
}

/// An operation that is to begin.
struct BeginOperation {
  let project: ProjectID
  let id: String
  let kind: String
  let subject: String
  let principal: String
  let total: Int64
}

/// An operation, and who may take its steps.
struct HeldOperation: Sendable {
  let project: ProjectID
  let id: String
  let holder: String

  static let parameters: [Parameter<HeldOperation>] = [
    .init("project") { $0.project.text }, .init("id") { $0.id }, .init("holder") { $0.holder },
  ]
}

/// Which operations of a project are wanted, the newest first, at most `limit`.
package struct OperationPage: Sendable {
  /// Only older ones than this; nil: from the newest on.
  let before: String?
  /// Only of these; empty: of all.
  let kinds: [String]
  /// Only in these; empty: in any.
  let states: [OperationRow.State]
  let limit: Int

  package init(before: String? = nil, kinds: [String], states: [OperationRow.State], limit: Int) {
    self.before = before
    self.kinds = kinds
    self.states = states
    self.limit = limit
  }

  func composition(in project: ProjectID) -> Composition {
    var query = JournalQueries.listOperations.begin()
    query.add("all", ["project": project.text])
    if !kinds.isEmpty { query.add("kinds", ["kinds": kinds]) }
    if !states.isEmpty { query.add("states", ["states": states.map(\.rawValue)]) }
    if let before { query.add("before", ["before": before]) }
    query.add("page", ["limit": limit])
    return query
  }
}
