import CairnAPI
import GRPC
import Journal
import Requests
import TestSupport
import Testing

@testable import Sessions

@Suite struct LogWatchTests {
  typealias Case = (change: @Sendable (inout WatchSessionRequest) -> Void, wrong: [String])

  static let cases: [Case] = [
    ({ _ in }, []),
    ({ $0.session = "-" }, []),
    ({ $0.session = "" }, ["session"]),
    ({ $0.afterSequence = 0 }, []),
    ({ $0.afterSequence = -1 }, ["after_sequence"]),
    (
      {
        $0.session = "-"
        $0.afterSequence = 1
      }, ["after_sequence"]
    ),
    (
      {
        $0.afterPosition = 1
        $0.afterSequence = 1
      }, ["after_sequence"]
    ),
    ({ $0.afterPosition = -1 }, ["after_position"]),
    ({ $0.afterOrdinal = 1 }, ["after_ordinal"]),
    ({ $0.types = [.unspecified] }, ["types[0]"]),
    ({ $0.types = Array(repeating: .broke, count: 17) }, ["types"]),
    ({ $0.agents = [""] }, ["agents[0]"]),
    ({ $0.agents = Array(repeating: "a", count: 65) }, ["agents"]),
  ]

  @Test("everything wrong with a watch is named", arguments: cases.indices)
  func validation(_ index: Int) throws {
    var request = WatchSessionRequest()
    request.session = "s"
    Self.cases[index].change(&request)
    let wrong = try wrongFields { () throws(RPCError) in _ = try LogWatch(validating: request) }
    #expect(wrong == Self.cases[index].wrong)
  }

  typealias Start = (
    sequence: Int64, last: Int64, oldest: Int64, event: Cursor?, start: StartPosition?, reason: ErrorReason?
  )

  static let starts: [Start] = [
    (0, 0, 1, nil, .oldest, nil),
    (0, 9, 1, nil, .oldest, nil),
    (0, 9, 5, nil, .oldest, nil),
    (5, 9, 1, Cursor(position: 50, ordinal: 2), .after(50, ordinal: 2), nil),
    (9, 9, 1, Cursor(position: 90, ordinal: 0), .after(90, ordinal: 0), nil),
    (10, 9, 1, nil, nil, .positionInFuture),
    (1, 0, 1, nil, nil, .positionInFuture),
    // The event is gone, and all that came after it is kept.
    (4, 9, 5, nil, .oldest, nil),
    (9, 9, 10, nil, .oldest, nil),
    (3, 9, 5, nil, nil, .positionPruned),
    (8, 9, 10, nil, nil, .positionPruned),
  ]

  @Test("a place in the log is a place in the journal", arguments: starts.indices)
  func start(_ index: Int) {
    let (sequence, last, oldest, event, start, reason) = Self.starts[index]
    let extent = LogExtent(last: last, oldest: oldest, isDeleted: false, event: event)
    do throws(RPCError) {
      let found = try extent.start(after: sequence, of: "s")
      #expect(found == start)
    } catch {
      #expect(start == nil)
      #expect(error.reason == reason)
      #expect(error.code == .outOfRange)
    }
  }
}
