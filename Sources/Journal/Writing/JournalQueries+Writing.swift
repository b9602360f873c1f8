import Postgres

extension JournalQueries {
  static let writing: [any CheckedStatement] = [
    lockProjectShared, lockRequest, lockLease, findLease, drawPosition, lastPosition, recordChanges,
  ]

  static let lockProjectShared = Query<ProjectID, NoColumns>(
    "lock_project_shared", PackageResources.lock_project_shared_sql,
    [.init("class") { _ in AdvisoryLockClass.project.rawValue }, .init("key") { $0.lockKey }])
  static let lockRequest = Query<Int32, NoColumns>(
    "lock_request", PackageResources.lock_request_sql,
    [.init("class") { _ in AdvisoryLockClass.request.rawValue }, .init("key") { $0 }])
  static let lockLease = Query<LeaseInput, OneColumn<Int64>>(
    "lock_lease", PackageResources.lock_lease_sql, leaseParameters)
  static let findLease = Query<LeaseInput, OneColumn<Int64>>(
    "find_lease", PackageResources.find_lease_sql, leaseParameters)
  static let drawPosition = Query<Void, DrawColumns>("draw_position", PackageResources.draw_position_sql)
  static let lastPosition = Query<Void, OneColumn<Int64>>("last_position", PackageResources.last_position_sql)
  static let recordChanges = Query<(scope: CallScope, changes: [ChangeRecord]), NoColumns>(
    "record_changes", PackageResources.record_changes_sql, including: .journal,
    parameters(CallScope.parameters) { $0.scope } + [
      .init("kinds") { $0.changes.map(\.kind) },
      .init("ids") { $0.changes.map(\.id) },
      .init("actions") { $0.changes.map(\.action) },
      .init("old_versions") { $0.changes.map(\.oldVersion) },
      .init("new_versions") { $0.changes.map(\.newVersion) },
    ])

  typealias LeaseInput = (project: ProjectID, lease: Lease)

  private static let leaseParameters: [Parameter<LeaseInput>] = [
    .init("project") { $0.project.text },
    .init("lease") { $0.lease.id },
    .init("epoch") { $0.lease.epoch },
  ]
}

extension JournalQueries {
  static let requests: [any CheckedStatement] = [
    findRequest, storeRequest, storeAnswer, storeRefusals, forgetRequest, sweepRequests,
  ]

  static let findRequest = Query<RequestInput, StoredRequest.Columns>(
    "find_request", PackageResources.find_request_sql, requestParameters)
  static let forgetRequest = Query<RequestInput, NoColumns>(
    "forget_request", PackageResources.forget_request_sql, requestParameters)
  static let storeRequest = Query<StoringInput, NoColumns>(
    "store_request", PackageResources.store_request_sql, storingParameters)
  static let storeAnswer = Query<StoringInput, NoColumns>(
    "store_answer", PackageResources.store_answer_sql, storingParameters)
  static let storeRefusals = Query<StoringInput, NoColumns>(
    "store_refusals", PackageResources.store_refusals_sql, storingParameters)
  static let sweepRequests = Query<(project: String, limit: Int64), NoColumns>(
    "sweep_requests", PackageResources.sweep_requests_sql,
    [.init("project") { $0.project }, .init("limit") { $0.limit }])

  typealias RequestInput = (scope: CallScope, request: RequestKey)
  /// What is kept of a request, for so many seconds.
  typealias StoringInput = (scope: CallScope, request: RequestKey, answer: [UInt8], seconds: Int64)

  private static let requestParameters: [Parameter<RequestInput>] = [
    .init("project") { $0.scope.project.text },
    .init("principal") { $0.scope.principal },
    .init("method") { $0.scope.operation },
    .init("request_id") { $0.request.id },
  ]

  private static let storingParameters: [Parameter<StoringInput>] =
    parameters(requestParameters) { ($0.scope, $0.request) } + [
      .init("hash") { $0.request.hash },
      .init("answer") { $0.answer },
      .init("seconds") { $0.seconds },
    ]
}
