import Testing

@testable import Sessions

@Suite struct ReplayWindowTests {
  private func window(from: Int64 = 11, to: Int64 = 40, every events: Int64 = 10) -> ReplayWindow {
    ReplayWindow(
      session: "s", from: from, to: to, origin: 11, start: 1_000, position: 7, snapshotEvents: events,
      snapshotPeriod: 100)
  }

  @Test(
    "snapshots stand after each so many events, counted from the first",
    arguments: [(10, nil), (11, nil), (19, nil), (20, 20), (21, 20), (30, 30), (39, 30)] as [(Int64, Int64?)])
  func counted(sequence: Int64, last: Int64?) {
    #expect(window().lastCounted(upTo: sequence) == last)
    #expect((window().isCounted(sequence) && sequence > 10) == (last == sequence))
    // From wherever they are looked at.
    #expect(window().narrowed(from: 17).lastCounted(upTo: sequence) == last)
  }

  @Test(
    "periods are counted from the start",
    arguments: [(0, 0), (999, 0), (1_000, 0), (1_099, 0), (1_100, 1), (1_250, 2)] as [(Int64, Int64)])
  func periods(time: Int64, period: Int64) {
    #expect(window().period(of: time) == period)
    #expect(window().beginning(ofPeriod: period) == 1_000 + 100 * period)
  }

  @Test(
    "a window is narrowed to what it has",
    arguments: [(1, 11), (11, 11), (25, 25), (40, 40), (41, 41), (99, 41), (.max, 41)] as [(Int64, Int64)])
  func narrowed(wanted: Int64, from: Int64) {
    let narrow = window().narrowed(from: wanted)
    #expect((narrow.from, narrow.to, narrow.opening) == (from, 40, from - 1))
    #expect(narrow.openingPosition == (from == 11 ? 7 : nil))
  }

  @Test("the end of a window is never far before its beginning") func ends() {
    #expect(window().narrowed(to: 20).to == 20)
    #expect(window().narrowed(to: 99).to == 40)
    #expect(window().narrowed(to: 1).to == 10)
  }
}
