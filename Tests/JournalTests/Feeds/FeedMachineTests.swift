import Testing

@testable import Journal

@Suite struct FeedMachineTests {
  private let a = FeedTopic(ProjectID("a")!)

  private func machine(
    from start: Int64, _ matches: @escaping @Sendable (TestEntry) -> Bool = { _ in true }
  ) -> FeedMachine<TestEntry> {
    FeedMachine(a, start: .after(start), matches: matches)
  }

  private func entries(_ positions: ClosedRange<Int64>) -> [TestEntry] {
    positions.map { TestEntry($0, project: a.project) }
  }

  private func active(through: Int64) -> RecentRows<TestEntry> {
    var recent = RecentRows<TestEntry>(through: through, limit: 1000)
    recent.activate(a)
    return recent
  }

  @Test("a watcher that is behind reads pages, then says it has caught up, then gets live rows")
  func catchesUp() {
    var recent = active(through: 6)
    var machine = machine(from: 0)
    expect(machine.next(recent), .read(after: .after(0), through: 6))
    #expect(
      machine.take(page: entries(1...4), limit: 4, through: 6) == [.row(1), .row(2), .row(3), .row(4)])
    expect(machine.next(recent), .read(after: Cursor(position: 4, ordinal: 0), through: 6))
    #expect(machine.take(page: [], limit: 4, through: 6) == [.checkpoint(6)])
    expect(machine.next(recent), .deliver([.caughtUp(6)]))
    expect(machine.next(recent), .wait)
    recent.append([a: entries(7...8)], through: 9)
    expect(machine.next(recent), .deliver([.row(7), .row(8), .checkpoint(9)]))
    expect(machine.next(recent), .wait)
  }

  @Test("while its project is not yet followed a watcher reads what is settled, then waits")
  func notActive() {
    let recent = RecentRows<TestEntry>(through: 5, limit: 10)
    var machine = machine(from: 3)
    expect(machine.next(recent), .read(after: .after(3), through: 5))
    #expect(machine.take(page: entries(4...4), limit: 4, through: 5) == [.row(4), .checkpoint(5)])
    expect(machine.next(recent), .wait)
  }

  @Test("rows that came while a page was read are neither lost nor repeated")
  func switchOver() {
    var recent = active(through: 4)
    var machine = machine(from: 2)
    expect(machine.next(recent), .read(after: .after(2), through: 4))
    recent.append([a: entries(5...6)], through: 6)
    #expect(
      machine.take(page: entries(3...4), limit: 4, through: 4) == [.row(3), .row(4), .checkpoint(4)])
    expect(machine.next(recent), .deliver([.row(5), .row(6), .caughtUp(6)]))
  }

  @Test("a watcher that falls out of memory goes back to pages and says when it has caught up again")
  func fallsBehind() {
    var recent = RecentRows<TestEntry>(through: 0, limit: 3)
    recent.activate(a)
    var machine = machine(from: 0)
    expect(machine.next(recent), .deliver([.caughtUp(0)]))
    for position in Int64(1)...9 { recent.append([a: entries(position...position)], through: position) }
    #expect(machine.isLive)
    expect(machine.next(recent), .read(after: .after(0), through: 9))
    #expect(!machine.isLive)
    #expect(
      machine.take(page: entries(1...7), limit: 7, through: 9).suffix(2) == [.row(6), .row(7)])
    expect(machine.next(recent), .deliver([.row(8), .row(9), .caughtUp(9)]))
  }

  @Test("rows that do not match move the checkpoint, not the reader")
  func filters() {
    var recent = active(through: 0)
    var machine = machine(from: 0) { $0.position % 10 == 0 }
    expect(machine.next(recent), .deliver([.caughtUp(0)]))
    recent.append([a: entries(1...9)], through: 9)
    expect(machine.next(recent), .wait)
    expect(machine.next(recent, isReminded: true), .deliver([.checkpoint(9)]))
    expect(machine.next(recent, isReminded: true), .wait)
    recent.append([a: entries(10...12)], through: 12)
    expect(machine.next(recent), .deliver([.row(10), .checkpoint(12)]))
  }

  @Test("a page without matching rows gives a checkpoint to go on from")
  func filteredPage() {
    let recent = active(through: 100)
    var machine = machine(from: 0) { _ in false }
    expect(machine.next(recent), .read(after: .after(0), through: 100))
    #expect(machine.take(page: entries(1...50), limit: 50, through: 100) == [.checkpoint(49)])
  }

  @Test("no checkpoint stands behind a row of a position that is not complete")
  func insidePosition() {
    let recent = active(through: 9)
    var machine = machine(from: 0)
    _ = machine.next(recent)
    let first = (0..<3).map { TestEntry(9, $0, project: a.project) }
    #expect(
      machine.take(page: first, limit: 3, through: 9)
        == [.row(9), .row(9, 1), .row(9, 2)])
    expect(machine.next(recent), .read(after: Cursor(position: 9, ordinal: 2), through: 9))
    #expect(machine.take(page: [], limit: 3, through: 9) == [.checkpoint(9)])
  }

  @Test("a start inside a position and one ahead of what is settled wait for their rows")
  func ahead() {
    var recent = active(through: 5)
    var machine = FeedMachine<TestEntry>(
      a, start: Cursor(position: 7, ordinal: 0), matches: { _ in true })
    expect(machine.next(recent), .deliver([.caughtUp(6)]))
    recent.append([a: entries(6...6)], through: 6)
    expect(machine.next(recent), .wait)
    recent.append([a: (0..<2).map { TestEntry(7, $0, project: a.project) }], through: 7)
    expect(machine.next(recent), .deliver([.row(7, 1), .checkpoint(7)]))
  }

  private func expect(
    _ step: FeedMachine<TestEntry>.Step, _ wanted: FeedMachine<TestEntry>.Step,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect("\(step)" == "\(wanted)", sourceLocation: sourceLocation)
  }
}

extension FeedElement where Entry == TestEntry {
  fileprivate static func row(_ position: Int64, _ ordinal: Int32 = 0) -> Self {
    .row(TestEntry(position, ordinal, project: ProjectID("a")!))
  }
}
