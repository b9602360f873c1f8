import Testing

@testable import Journal

@Suite struct RecentRowsTests {
  private let a = FeedTopic(ProjectID("a")!)
  private let b = FeedTopic(ProjectID("b")!)

  private func entries(_ positions: ClosedRange<Int64>, _ topic: FeedTopic) -> [TestEntry] {
    positions.map { TestEntry($0, project: topic.project) }
  }

  private func positions(
    _ recent: RecentRows<TestEntry>, _ topic: FeedTopic, after position: Int64
  ) -> [Int64]? {
    recent.rows(of: topic, after: .after(position), limit: 100)?.map(\.position)
  }

  @Test("rows count from the moment a project is watched")
  func activation() {
    var recent = RecentRows<TestEntry>(through: 10, limit: 100)
    #expect(positions(recent, a, after: 10) == nil)
    recent.activate(a)
    recent.append([a: entries(11...13, a)], through: 15)
    #expect(positions(recent, a, after: 9) == nil)
    #expect(positions(recent, a, after: 10) == [11, 12, 13])
    #expect(positions(recent, a, after: 12) == [13])
    #expect(positions(recent, a, after: 15) == [])
  }

  @Test("a cursor inside a position gets the rest of it")
  func insidePosition() {
    var recent = RecentRows<TestEntry>(through: 0, limit: 100)
    recent.activate(a)
    recent.append([a: (0..<4).map { TestEntry(7, $0, project: a.project) }], through: 7)
    let rest = recent.rows(of: a, after: Cursor(position: 7, ordinal: 1), limit: 100)
    #expect(rest?.map(\.ordinal) == [2, 3])
    #expect(recent.rows(of: a, after: Cursor(position: 7, ordinal: 1), limit: 1)?.count == 1)
  }

  @Test("the oldest batches go first, whatever their project, and those who are behind notice")
  func bounded() {
    var recent = RecentRows<TestEntry>(through: 0, limit: 6)
    recent.activate(a)
    recent.activate(b)
    recent.append([a: entries(1...3, a)], through: 3)
    recent.append([b: entries(4...6, b)], through: 6)
    #expect(recent.count == 6)
    recent.append([a: entries(7...8, a)], through: 8)
    #expect(recent.count == 5)
    #expect(positions(recent, a, after: 2) == nil)
    #expect(positions(recent, a, after: 3) == [7, 8])
    #expect(positions(recent, b, after: 0) == [4, 5, 6])
  }

  @Test("a batch larger than the bound is not kept")
  func oversized() {
    var recent = RecentRows<TestEntry>(through: 0, limit: 6)
    recent.activate(a)
    recent.append([a: entries(1...20, a)], through: 20)
    #expect(recent.count == 0)
    #expect(positions(recent, a, after: 19) == nil)
    #expect(positions(recent, a, after: 20) == [])
  }

  @Test("rows of an earlier watch do not count for a later one")
  func reactivation() {
    var recent = RecentRows<TestEntry>(through: 0, limit: 6)
    recent.activate(a)
    recent.append([a: entries(1...4, a)], through: 4)
    recent.deactivate(a)
    #expect(recent.count == 0)
    recent.append([:], through: 5)
    recent.activate(a)
    #expect(positions(recent, a, after: 4) == nil)
    recent.append([a: entries(6...11, a)], through: 11)
    recent.append([a: entries(12...13, a)], through: 13)
    #expect(recent.count == 2)
    #expect(positions(recent, a, after: 11) == [12, 13])
  }

  @Test("a range that was skipped leaves a gap that is seen")
  func skipped() {
    var recent = RecentRows<TestEntry>(through: 0, limit: 100)
    recent.activate(a)
    recent.append([a: entries(1...4, a)], through: 4)
    recent.skip(through: 9)
    #expect(positions(recent, a, after: 4) == nil)
    #expect(positions(recent, a, after: 9) == [])
    recent.append([a: entries(10...11, a)], through: 11)
    #expect(positions(recent, a, after: 9) == [10, 11])
  }

  @Test("memory stays bounded over many batches")
  func compacts() {
    var recent = RecentRows<TestEntry>(through: 0, limit: 50)
    recent.activate(a)
    for position in Int64(1)...5000 {
      recent.append([a: [TestEntry(position, project: a.project)]], through: position)
      #expect(recent.count <= 50)
    }
    #expect(positions(recent, a, after: 4950)?.count == 50)
    #expect(positions(recent, a, after: 4949) == nil)
  }
}
