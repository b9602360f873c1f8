import Testing
import Wire

@testable import Journal

@Suite struct TailReadsTests {
  private let a = ProjectID("a")!
  private let b = ProjectID("b")!

  private func keys(_ count: Int, _ project: ProjectID) -> [FeedTopic] {
    (0..<count).map { FeedTopic(project, key: TextKey("key \($0)")) }
  }

  @Test("keys are read one by one, unless their project is read whole")
  func whole() {
    let reads = TailReads([FeedTopic(a)] + keys(2, a) + keys(1, b))
    #expect(reads.projects == [a])
    #expect(reads.topics == keys(1, b))
  }

  @Test("with many keys a project is read whole", arguments: [(64, true), (65, false)])
  func limit(count: Int, oneByOne: Bool) {
    let reads = TailReads(keys(count, a))
    #expect(reads.topics.count == (oneByOne ? count : 0))
    #expect(reads.projects == (oneByOne ? [] : [a]))
  }

  @Test("when nobody watches nothing is read")
  func nothing() { #expect(TailReads([]).projects.isEmpty && TailReads([]).topics.isEmpty) }
}
