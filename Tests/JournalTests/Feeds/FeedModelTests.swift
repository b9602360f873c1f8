import Testing
import Wire

@testable import Journal

/// Random histories, bounds, filters and interruptions against the plain list of what should come.
@Suite struct FeedModelTests {
  @Test("whatever happens meanwhile, each matching row comes exactly once and in order", arguments: 1...40)
  func exactlyOnce(seed: UInt64) {
    var random = SplitMix(state: seed)
    let project = ProjectID("a")!
    let other = ProjectID("b")!
    let keys: [TextKey?] = [nil, "k", "l"]
    let topic = FeedTopic(project, key: keys.randomElement(using: &random)!)
    var history: [TestEntry] = []
    var settled: Int64 = 0
    var recent = RecentRows<TestEntry>(through: 0, limit: Int.random(in: 1...40, using: &random))
    let pageSize = Int.random(in: 1...20, using: &random)
    let chunk = Int.random(in: 1...20, using: &random)
    let modulus = Int64.random(in: 1...3, using: &random)
    let matches: @Sendable (TestEntry) -> Bool = { $0.position % modulus == 0 }
    var machine = FeedMachine<TestEntry>(topic, start: .after(0), matches: matches)
    var delivered: [TestEntry] = []
    var resume = Cursor.after(0)
    var mistakes = 0

    func take(_ elements: [FeedElement<TestEntry>]) {
      for element in elements {
        switch element {
        case .row(let row):
          if row.cursor <= resume { mistakes += 1 }
          delivered.append(row)
          resume = row.cursor
        case .caughtUp(let position), .checkpoint(let position):
          if .after(position) < resume { mistakes += 1 }
          resume = .after(position)
        }
      }
    }

    func topics(_ row: TestEntry) -> [FeedTopic] {
      [FeedTopic(row.project)] + (row.key.map { [FeedTopic(row.project, key: $0)] } ?? [])
    }

    /// Hands the tail's reads to the recent rows.
    func advance() {
      while recent.through < settled {
        let all = history.filter { $0.position > recent.through && $0.position <= settled }
        let read = all.filter { row in topics(row).contains { recent.isActive($0) } }
        switch TailChunk(Array(read.prefix(chunk)), limit: chunk, target: settled) {
        case .rows(let rows, let through):
          var batch: [FeedTopic: [TestEntry]] = [:]
          for row in rows { for topic in topics(row) { batch[topic, default: []].append(row) } }
          recent.append(batch, through: through)
        case .skip(let through): recent.skip(through: through)
        }
      }
    }

    /// One step of the watcher; false when it waits.
    func step(interrupted: (() -> Void)? = nil) -> Bool {
      switch machine.next(recent, isReminded: Bool.random(using: &random)) {
      case .deliver(let elements): take(elements)
      case .wait: return false
      case .read(let cursor, let through):
        if through > settled { mistakes += 1 }
        let page = history.filter {
          topics($0).contains(topic) && $0.cursor > cursor && $0.position <= through
        }
        interrupted?()
        take(machine.take(page: Array(page.prefix(pageSize)), limit: pageSize, through: through))
      }
      return true
    }

    func write() {
      for _ in 0..<Int.random(in: 1...6, using: &random) {
        settled += Int64.random(in: 1...3, using: &random)
        let owner = Bool.random(using: &random) ? project : other
        for ordinal in 0..<Int32.random(in: 0...5, using: &random) {
          let key = keys.randomElement(using: &random)!
          history.append(TestEntry(settled, ordinal, project: owner, key: key))
        }
      }
      advance()
    }

    for _ in 0..<200 {
      switch Int.random(in: 0..<10, using: &random) {
      case 0..<4: write()
      case 4..<8: _ = step(interrupted: write)
      case 8: recent.isActive(topic) ? recent.deactivate(topic) : recent.activate(topic)
      default:
        // A cut: another stream goes on where the reader was.
        machine = FeedMachine(topic, start: resume, matches: matches)
      }
    }
    recent.activate(topic)
    while step() {}
    #expect(delivered == history.filter { topics($0).contains(topic) && matches($0) })
    #expect(mistakes == 0)
    #expect(machine.isLive)
  }
}

/// A generator with a seed (SplitMix64), so that a failing case can be run again.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
