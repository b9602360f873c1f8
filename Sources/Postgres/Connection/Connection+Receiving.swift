import CLibpq
import EventLoop

extension Connection {
  func descriptorReady(_ events: DescriptorEvents) {
    guard let handle else { return }
    if events.contains(.write) { writeOut() }
    guard self.handle != nil, !events.isDisjoint(with: [.read, .failed]) else { return }
    lastProgress = loop.now
    abandonedSince = nil
    let isAlive = PQconsumeInput(handle) != 0
    takeResults(handle)
    takeNotifications(handle)
    guard self.handle != nil else { return }
    if !isAlive || PQstatus(handle) == CONNECTION_BAD {
      breakOff(PostgresError.text(PQerrorMessage(handle)))
    } else if fatal != nil {
      breakOff("")
    } else {
      client?.progressed(self)
    }
  }

  private func takeResults(_ handle: OpaquePointer) {
    while self.handle != nil, fatal == nil, machine.isExpectingReply, PQisBusy(handle) == 0 {
      guard let result = PQgetResult(handle) else {
        // What had arrived before the connection broke has been read: asking on would go on for ever.
        if PQstatus(handle) == CONNECTION_BAD, machine.isBetweenStatements { return }
        perform(machine.received(.end))
        continue
      }
      switch PQresultStatus(result) {
      case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY:
        results += machine.headWeight
        resultBytes += PQresultMemorySize(result)
        lastResult = .success(Rows(result))
        perform(machine.received(.completed))
      case PGRES_PIPELINE_SYNC:
        PQclear(result)
        perform(machine.received(.sync))
      case PGRES_PIPELINE_ABORTED:
        PQclear(result)
        perform(machine.received(.aborted))
      default:
        takeError(result)
      }
    }
  }

  private func takeError(_ result: OpaquePointer) {
    defer { PQclear(result) }
    let pending = machine.current
    let error = PostgresError(result, statement: pending?.statement.name ?? "commit")
    timeouts = nil
    if let server = error.server, server.endsConnection {
      // Left to the end of the connection, which knows what it means for everybody.
      fatal = server
      return
    }
    lastResult = .failure(error)
    perform(machine.received(reply(error, to: pending)))
  }

  /// What an error means for the statement that it ended.
  private func reply(_ error: PostgresError, to pending: PendingStatement?) -> Pipeline.Reply {
    if error.isStalePlan { return .failedStalePlan }
    if error.isStaleSession, let pending, pending.attempts < 2 {
      isStale = true
      return .failedStalePlan
    }
    guard error.sqlState == .queryCanceled, cancelsToCome > 0, let pending else { return .failed }
    cancelsToCome -= 1
    pending.wasInterrupted = true
    return pending.isAwaited && !pending.isAbandoned ? .interrupted : .failed
  }

  private func perform(_ action: Pipeline.Action) {
    switch action {
    case .none: return
    case .forget(let key):
      statements.forget(key)
    case .deliver(let pending):
      pending.finish(takeResult())
    case .store(let pending):
      pending.outcome = takeResult()
      if pending.error?.isStalePlan == true { statements.forget(pending.statement.key) }
    case .runAgain(let pending, let isStale):
      if isStale { statements.forget(pending.statement.key) }
      if let error = pending.attempts >= PendingStatement.maximumAttempts ? takeResult() : nil {
        pending.finish(error)
      } else {
        lastResult = nil
        client?.mustRunAgain(pending, on: self)
      }
    case .ended(let members, let failed):
      let commitError = takeCommitError(failed)
      for pending in members where pending.outcome == nil || commitError != nil && pending.error == nil {
        pending.outcome = .failure(commitError ?? Self.skipped)
      }
      client?.segmentEnded(members, failed: failed, on: self)
    }
  }

  private static let skipped = PostgresError(
    .skipped, "the statement did not run because an earlier one failed")

  private func takeResult() -> Result<Rows, PostgresError> {
    lastResult.take() ?? .failure(Self.skipped)
  }

  /// An error that no statement claimed is the commit's own.
  private func takeCommitError(_ failed: Bool) -> PostgresError? {
    guard failed, case .failure(let error)? = lastResult.take() else { return nil }
    return error
  }

  private func takeNotifications(_ handle: OpaquePointer) {
    while self.handle != nil, let notification = PQnotifies(handle) {
      let channel = String(cString: notification.pointee.relname)
      let payload = String(cString: notification.pointee.extra)
      PQfreemem(notification)
      owner?.connection(self, received: (channel, payload))
    }
  }

  func noticed(_ message: ServerMessage) {
    // An idle session is told of its end this way; the end of the stream follows.
    if message.endsConnection { fatal = message }
    settings.onNotice?(message)
  }
}
