import CLibpq
import EventLoop

extension Connection {
  /// Sends a statement; a sync must follow. Returns false, having told the call, when the parameters
  /// cannot be sent.
  @discardableResult
  func send(_ pending: PendingStatement, delivery: Pipeline.Delivery) -> Bool {
    guard let handle else {
      pending.finish(.failure(PostgresError(.connectionLost, "the connection is closed")))
      return false
    }
    do throws(PostgresError) {
      try parameters.fill(pending.parameters)
    } catch {
      pending.finish(
        .failure(PostgresError(error.kind, "\(pending.statement.name): \(error.message)")))
      return false
    }
    if !isBusy { lastProgress = loop.now }
    self.delivery = delivery
    pending.attempts += 1
    pending.wasInterrupted = false
    let sent =
      settings.prepareStatements
      ? sendPrepared(pending.statement, on: handle) : sendUnprepared(pending.statement, on: handle)
    machine.sentExecute(pending, delivery: delivery, weight: pending.weight)
    if !sent { breakOff(afterTurn: PostgresError.text(PQerrorMessage(handle))) }
    return true
  }

  private func sendPrepared(_ statement: Statement, on handle: OpaquePointer) -> Bool {
    let count = Int32(parameters.parameterCount)
    let name: CString
    switch statements.use(statement) {
    case .ready(let known): name = known
    case .prepare(let new, let evicted):
      name = new
      if let evicted { deallocate(evicted, on: handle) }
      guard PQsendPrepare(handle, name.pointer, statement.text.pointer, count, parameters.types) != 0
      else { return false }
      machine.sentPrepare(statement.key, delivery: delivery)
    }
    return parameters.withPointers {
      PQsendQueryPrepared(handle, name.pointer, count, $0, parameters.lengths, parameters.formats, 1)
    } != 0
  }

  private func sendUnprepared(_ statement: Statement, on handle: OpaquePointer) -> Bool {
    parameters.withPointers {
      PQsendQueryParams(
        handle, statement.text.pointer, Int32(parameters.parameterCount), parameters.types, $0,
        parameters.lengths, parameters.formats, 1)
    } != 0
  }

  private func deallocate(_ name: CString, on handle: OpaquePointer) {
    let statement = Statement.composed("DEALLOCATE \(String(cString: name.pointer))")
    guard PQsendQueryParams(handle, statement.text.pointer, 0, nil, nil, nil, nil, 1) != 0 else { return }
    machine.sentExecute(PendingStatement(statement, []), delivery: delivery)
  }

  /// Makes sure that the session has these timeouts. Costs a statement, in the same round trip, when
  /// it has others.
  func ensure(_ wanted: SessionTimeouts, delivery: Pipeline.Delivery) {
    guard timeouts != wanted else { return }
    let isLocal = !settings.prepareStatements
    send(wanted.statement(isLocal: isLocal), delivery: delivery)
    if !isLocal { timeouts = wanted }
  }

  /// Whether the session has these timeouts already.
  func has(_ wanted: SessionTimeouts) -> Bool { timeouts == wanted }

  /// Asks for the results of what was sent, which otherwise come with the sync that follows. What cannot be sent is noticed
  /// at the sync.
  func requestResults() {
    if let handle { PQsendFlushRequest(handle) }
  }

  /// Ends the segment and writes it out.
  func sync() {
    guard let handle, machine.needsSync else { return }
    roundTrips += 1
    machine.sentSync(delivery)
    if PQpipelineSync(handle) == 0 {
      return breakOff(afterTurn: PostgresError.text(PQerrorMessage(handle)))
    }
    writeOut()
  }

  /// At the end of a turn: the look-ups of the turn share a sync.
  func flush() { sync() }

  /// A round trip that asks for nothing: a sign of life.
  func ping() {
    guard let handle, !isBusy else { return }
    lastProgress = loop.now
    roundTrips += 1
    machine.sentSync(.atSync(commits: false))
    if PQpipelineSync(handle) == 0 { return breakOff(afterTurn: PostgresError.text(PQerrorMessage(handle))) }
    writeOut()
  }

  func writeOut() {
    guard let handle else { return }
    switch PQflush(handle) {
    case 0: registration?.update(.read)
    case 1: registration?.update([.read, .write])
    default: breakOff(afterTurn: PostgresError.text(PQerrorMessage(handle)))
    }
  }
}
