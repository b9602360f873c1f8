import Testing

@testable import Postgres

private typealias Machine = PipelineMachine<String>

/// What happens to a connection, in order; the expectation is what the machine says, as text.
private enum Event {
  case prepare(Int)
  case send(String)
  case sync
  case receive(Machine.Reply)
  case lose
}

private let each = Machine.Delivery.eachResult
private let commits = Machine.Delivery.atSync(commits: true)
private let reads = Machine.Delivery.atSync(commits: false)

private func run(_ delivery: Machine.Delivery, _ events: [Event]) -> [String] {
  var machine = Machine()
  var said: [String] = []
  for event in events {
    switch event {
    case .prepare(let id): machine.sentPrepare(.named(id), delivery: delivery)
    case .send(let member): machine.sentExecute(member, delivery: delivery)
    case .sync: machine.sentSync(delivery)
    case .lose: for (member, fate) in machine.disconnected() { said.append("\(member) \(fate)") }
    case .receive(let reply):
      switch machine.received(reply) {
      case .none: continue
      case .forget: said.append("forget")
      case .deliver(let member): said.append("deliver \(member)")
      case .store(let member): said.append("store \(member)")
      case .runAgain(let member, let stale): said.append("again \(member)\(stale ? " stale" : "")")
      case .ended(let members, let failed):
        said.append("\(failed ? "failed" : "ended") \(members.joined(separator: ","))")
      }
    }
  }
  return said
}

private let done: [Event] = [.receive(.completed), .receive(.end)]
private let failed: [Event] = [.receive(.failed), .receive(.end)]
private let stale: [Event] = [.receive(.failedStalePlan), .receive(.end)]
private let interrupted: [Event] = [.receive(.interrupted), .receive(.end)]
private let aborted: [Event] = [.receive(.aborted), .receive(.end)]

@Suite("Pipeline machine")
struct PipelineMachineTests {
  @Test("look-ups that share a sync get their results one by one, in order")
  func sharedLookups() {
    let events = [.send("a"), .send("b"), .sync] + done + done + [.receive(.sync)]
    #expect(run(each, events) == ["deliver a", "deliver b"])
  }

  @Test("a look-up that fails keeps its error; those after it are run again")
  func failingLookup() {
    let events =
      [.send("a"), .send("b"), .send("c"), .send("d"), .sync] + done + failed + aborted + aborted
      + [.receive(.sync)]
    #expect(run(each, events) == ["deliver a", "deliver b", "again c", "again d"])
  }

  @Test("a failure ends with its sync: the next look-ups are not touched")
  func failureEndsAtSync() {
    let events =
      [.send("a"), .sync, .send("b"), .sync] + failed + [.receive(.sync)] + done + [.receive(.sync)]
    #expect(run(each, events) == ["deliver a", "deliver b"])
  }

  @Test("a prepare that fails fails its own statement, not its neighbours")
  func failingPrepare() {
    let events =
      [.prepare(1), .send("a"), .send("b"), .sync] + failed + aborted + aborted + [.receive(.sync)]
    #expect(run(each, events) == ["forget", "deliver a", "again b"])
  }

  @Test("a prepare that was skipped is forgotten and its statement run again")
  func skippedPrepare() {
    let events =
      [.send("a"), .prepare(1), .send("b"), .sync] + failed + aborted + aborted + [.receive(.sync)]
    #expect(run(each, events) == ["deliver a", "forget", "again b"])
  }

  @Test("a prepare that succeeds says nothing")
  func prepare() {
    let events = [.prepare(1), .send("a"), .sync] + done + done + [.receive(.sync)]
    #expect(run(each, events) == ["deliver a"])
  }

  @Test("a stale plan is prepared and run again")
  func stalePlan() {
    let events = [.send("a"), .send("b"), .sync] + stale + aborted + [.receive(.sync)]
    #expect(run(each, events) == ["again a stale", "again b"])
  }

  @Test("writes are settled by the sync and by nothing before it")
  func groupCommit() {
    let events = [.send("a"), .send("b"), .sync] + done + done + [.receive(.sync)]
    #expect(run(commits, events) == ["store a", "store b", "ended a,b"])
  }

  @Test("one failing write fails the batch")
  func failingWrite() {
    let events = [.send("a"), .send("b"), .send("c"), .sync] + done + failed + aborted + [.receive(.sync)]
    #expect(run(commits, events) == ["store a", "store b", "store c", "failed a,b,c"])
  }

  @Test("an error of the commit itself comes before the sync and fails the batch")
  func failingCommit() {
    let events = [.send("a"), .sync] + done + failed + [.receive(.sync)]
    #expect(run(commits, events) == ["store a", "failed a"])
  }

  @Test("each batch on a connection ends by itself")
  func twoBatches() {
    let events =
      [.send("a"), .sync, .send("b"), .sync] + failed + [.receive(.sync)] + done + [.receive(.sync)]
    #expect(run(commits, events) == ["store a", "failed a", "store b", "ended b"])
  }

  @Test("a sync without statements is a sign of life")
  func ping() {
    #expect(run(reads, [.sync, .receive(.sync)]) == ["ended "])
  }

  @Test("a connection lost after the sync leaves writes unknown, also those that had results")
  func lostAfterSync() {
    #expect(
      run(commits, [.send("a"), .send("b"), .sync] + done + [.lose]) == ["store a", "a unknown", "b unknown"])
  }

  @Test("a connection lost before the sync has committed nothing")
  func lostBeforeSync() {
    #expect(run(commits, [.send("a"), .send("b"), .lose]) == ["a lost", "b lost"])
  }

  @Test("of two batches, only the one whose sync was sent is unknown")
  func lostBetweenBatches() {
    #expect(
      run(commits, [.send("a"), .sync, .send("b"), .lose]) == ["a unknown", "b lost"])
  }

  @Test("look-ups without a result can be read again; those with one are served")
  func lostLookups() {
    #expect(run(each, [.send("a"), .send("b"), .sync] + done + [.lose]) == ["deliver a", "b unread"])
  }

  @Test("reads on a connection of their own are lost, not unknown")
  func lostReads() {
    #expect(run(reads, [.send("a"), .sync, .lose]) == ["a lost"])
  }

  @Test("whether a sync is needed and replies are owed follows what was sent")
  func bookkeeping() {
    var machine = Machine()
    #expect(!machine.needsSync && !machine.isExpectingReply)
    machine.sentPrepare(.named(1), delivery: each)
    machine.sentExecute("a", delivery: each)
    #expect(machine.needsSync && machine.isExpectingReply && machine.weightUnderWay == 1)
    #expect(machine.current == "a")
    machine.sentSync()
    #expect(!machine.needsSync)
    for reply in [.completed, .end, .completed, .end] as [Machine.Reply] { _ = machine.received(reply) }
    #expect(machine.weightUnderWay == 0 && machine.isExpectingReply)
    _ = machine.received(.sync)
    #expect(!machine.isExpectingReply)
  }

  @Test("a member counts as much as it stands for until its result has come")
  func weights() {
    var machine = Machine()
    machine.sentPrepare(.named(1), delivery: each)
    machine.sentExecute("a", delivery: each, weight: 32)
    machine.sentExecute("b", delivery: each)
    machine.sentSync()
    #expect(machine.weightUnderWay == 33 && machine.headWeight == 0)
    for reply in [.completed, .end] as [Machine.Reply] { _ = machine.received(reply) }
    #expect(machine.weightUnderWay == 33 && machine.headWeight == 32)
    for reply in [.completed, .end] as [Machine.Reply] { _ = machine.received(reply) }
    #expect(machine.weightUnderWay == 1 && machine.headWeight == 1)
    _ = machine.disconnected()
    #expect(machine.weightUnderWay == 0)
  }

  @Test("who was cancelled by mistake is run again, with those behind")
  func interruption() {
    let events: [Event] =
      [.send("a"), .send("b"), .sync] + interrupted + aborted + [.receive(.sync)]
    #expect(run(each, events) == ["again a", "again b"])
  }

  @Test("a statement whose preparation was cancelled by mistake is prepared and run again")
  func interruptedPrepare() {
    let events: [Event] =
      [.prepare(1), .send("a"), .sync] + interrupted + aborted + [.receive(.sync)]
    #expect(run(each, events) == ["forget", "again a"])
  }
}
