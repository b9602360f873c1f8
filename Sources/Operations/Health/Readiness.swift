/// Whether a server can do its work, from what is known about its dependencies. Pure.
package enum Readiness: Sendable, Equatable {
  case starting
  case ready
  /// With the reason, for people.
  case notReady(String)
  case stopping

  /// What a probe of the database found.
  package enum DatabaseState: Sendable, Equatable {
    case answered
    /// No connection became free: says nothing of the database, only of the load.
    case busy
    case failed(String)
  }

  package static func judge(
    database: DatabaseState, isStorageFull: Bool, isStopping: Bool, before: Readiness = .starting
  ) -> Readiness {
    if isStopping { return .stopping }
    if isStorageFull { return .notReady("the database has no space left on its disk") }
    switch database {
    case .answered: return .ready
    case .busy: return before
    case .failed(let problem): return .notReady(problem)
    }
  }
}
