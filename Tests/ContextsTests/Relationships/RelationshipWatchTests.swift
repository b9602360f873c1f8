import CairnAPI
import GRPC
import TestSupport
import Testing

@testable import Contexts
@testable import Requests

@Suite struct RelationshipWatchTests {
  typealias Case = (change: @Sendable (inout WatchRelationshipsRequest) -> Void, wrong: [String])

  static let cases: [Case] = [
    ({ _ in }, []),
    ({ $0.contexts = (0..<1_000).map(String.init) }, []),
    ({ $0.contexts = Array(repeating: "", count: 1_001) }, ["contexts"]),
    (
      { $0.contexts = ["a", "", "b\n", String(repeating: "x", count: 129)] },
      ["contexts[1]", "contexts[2]", "contexts[3]"]
    ),
    ({ $0.contexts = [String(repeating: "x", count: 128)] }, []),
    ({ $0.relationshipKinds = Array(repeating: .follows, count: 16) }, []),
    ({ $0.relationshipKinds = Array(repeating: .unspecified, count: 17) }, ["relationship_kinds"]),
    (
      {
        $0.relationshipKinds = [
          .unspecified, .custom, .unrecognized(99), .unrecognized(-1), .unrecognized(.max),
        ]
      },
      ["relationship_kinds[0]", "relationship_kinds[2]", "relationship_kinds[3]", "relationship_kinds[4]"]
    ),
    ({ $0.kinds = Array(repeating: .ended, count: 16) }, []),
    ({ $0.kinds = Array(repeating: .unspecified, count: 17) }, ["kinds"]),
    ({ $0.kinds = [.purged, .unspecified, .unrecognized(6)] }, ["kinds[1]", "kinds[2]"]),
    ({ $0.afterPosition = .max }, []),
    ({ $0.afterPosition = -1 }, ["after_position"]),
    ({ $0.afterPosition = .min }, ["after_position"]),
    ({ $0.afterOrdinal = 0 }, ["after_ordinal"]),
    (
      {
        $0.kinds = [.unspecified]
        $0.relationshipKinds = [.unspecified]
        $0.contexts = [""]
        $0.afterPosition = -1
      }, ["contexts[0]", "after_position", "relationship_kinds[0]", "kinds[0]"]
    ),
  ]

  @Test("everything wrong with a watch is named", arguments: cases.indices)
  func validation(_ index: Int) throws {
    var request = WatchRelationshipsRequest()
    Self.cases[index].change(&request)
    let wrong = try wrongFields { () throws(RPCError) in _ = try RelationshipWatch(validating: request) }
    #expect(wrong == Self.cases[index].wrong)
  }

  @Test("a watch starts where it is asked to, in the journal that is named")
  func start() throws {
    var request = WatchRelationshipsRequest()
    #expect(try RelationshipWatch(validating: request).start == WatchStart(position: .now, journal: nil))
    (request.afterPosition, request.afterOrdinal, request.journalId) = (7, 3, "j")
    let start = try RelationshipWatch(validating: request).start
    #expect(start == WatchStart(position: .after(7, ordinal: 3), journal: "j"))
  }

  /// What is watched, a change that the journal has, and whether it is sent.
  typealias Match = (
    watch: @Sendable (inout WatchRelationshipsRequest) -> Void, id: String, action: String, isSent: Bool
  )

  static let matches: [Match] = [
    ({ _ in }, "a\tFOLLOWS\t\tb", "created", true),
    // Of the whole project also what this server cannot read.
    ({ _ in }, "made by a later release", "something new", true),
    ({ $0.contexts = ["a"] }, "a\tFOLLOWS\t\tb", "created", true),
    ({ $0.contexts = ["b"] }, "a\tFOLLOWS\t\tb", "created", true),
    ({ $0.contexts = ["c", "b"] }, "a\tCUSTOM\tn\tb", "purged", true),
    ({ $0.contexts = ["c"] }, "a\tFOLLOWS\t\tb", "created", false),
    ({ $0.contexts = ["FOLLOWS"] }, "a\tFOLLOWS\t\tb", "created", false),
    ({ $0.contexts = ["n"] }, "a\tCUSTOM\tn\tb", "created", false),
    ({ $0.contexts = ["\u{e9}"] }, "e\u{301}\tFOLLOWS\t\tb", "created", false),
    ({ $0.contexts = ["e\u{301}"] }, "e\u{301}\tFOLLOWS\t\tb", "created", true),
    ({ $0.contexts = ["\u{301}x"] }, "a\tFOLLOWS\t\t\u{301}x", "created", true),
    ({ $0.contexts = ["K"] }, "a\tFOLLOWS\t\t\u{212a}", "created", false),
    ({ $0.contexts = ["a"] }, "a\tFOLLOWS\tb", "created", false),
    ({ $0.contexts = ["a"] }, "a", "created", false),
    ({ $0.relationshipKinds = [.follows] }, "a\tFOLLOWS\t\tb", "created", true),
    ({ $0.relationshipKinds = [.follows, .custom] }, "a\tCUSTOM\tn\tb", "created", true),
    ({ $0.relationshipKinds = [.contains] }, "a\tFOLLOWS\t\tb", "created", false),
    // A kind of a later release, by its number.
    ({ $0.relationshipKinds = [.contains] }, "a\t99\t\tb", "created", false),
    ({ $0.relationshipKinds = [.contains] }, "a\tfollows\t\tb", "created", false),
    ({ $0.kinds = [.ended, .removed] }, "a\tFOLLOWS\t\tb", "removed", true),
    ({ $0.kinds = [.ended] }, "a\tFOLLOWS\t\tb", "removed", false),
    ({ $0.kinds = [.ended] }, "a\tFOLLOWS\t\tb", "something new", false),
    (
      {
        $0.contexts = ["a"]
        $0.relationshipKinds = [.follows]
        $0.kinds = [.updated]
      }, "a\tFOLLOWS\t\tb", "updated", true
    ),
    (
      {
        $0.contexts = ["a"]
        $0.relationshipKinds = [.contains]
      }, "a\tFOLLOWS\t\tb", "updated", false
    ),
  ]

  @Test(
    "a change is sent when either end, its kind and what happened are those watched",
    arguments: matches.indices)
  func matching(_ index: Int) throws {
    let (watch, id, action, isSent) = Self.matches[index]
    var request = WatchRelationshipsRequest()
    watch(&request)
    let matches = try RelationshipWatch(validating: request).matches
    #expect(try matches(.made("relationship", id, action)) == isSent)
    #expect(try !matches(.made("context", id, action)) && !matches(.made("Relationship", id, action)))
  }

  @Test(
    "a relationship is there no longer once it was removed or purged",
    arguments: [
      ("created", false), ("updated", false), ("ended", false), ("removed", true), ("purged", true),
      ("", false),
      ("Removed", false), ("something new", false),
    ])
  func gone(_ action: String, _ isGone: Bool) {
    #expect(RelationshipChange.Kind.isGone(after: action) == isGone)
  }
}
