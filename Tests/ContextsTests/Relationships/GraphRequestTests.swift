import CairnAPI
import GRPC
import Journal
import TestSupport
import Testing
import Wire

@testable import Contexts

/// Requests that walk along relationships, or list them.
@Suite struct GraphRequestTests {
  typealias Walk = (change: @Sendable (inout TraverseRequest) -> Void, wrong: [String])

  static let walks: [Walk] = [
    ({ _ in }, []),
    ({ $0.start = [] }, ["start"]),
    ({ $0.start = Array(repeating: "a", count: 100) }, []),
    ({ $0.start = Array(repeating: "", count: 101) }, ["start"]),
    ({ $0.start = ["a", ""] }, ["start[1]"]),
    ({ $0.maxDepth = 33 }, ["max_depth"]),
    ({ $0.maxDepth = -1 }, ["max_depth"]),
    ({ $0.direction = .unrecognized(9) }, ["direction"]),
    ({ $0.limit = -1 }, ["limit"]),
    (
      {
        $0.relationships = RelationshipFilter()
        $0.relationships?.minWeight = .nan
      }, ["relationships.min_weight"]
    ),
    (
      {
        $0.contexts = ContextFilter()
        $0.contexts?.tags = [""]
      }, ["contexts.tags[0]"]
    ),
  ]

  @Test("everything wrong with a walk is named", arguments: walks.indices)
  func walk(_ index: Int) throws {
    var request = TraverseRequest()
    request.start = ["a"]
    Self.walks[index].change(&request)
    let wrong = try wrongFields { () throws(RPCError) in _ = try GraphWalk(validating: request) }
    #expect(wrong == Self.walks[index].wrong)
  }

  @Test("a walk begins once at each context, one step far and outwards where nothing else is said")
  func defaults() throws {
    var request = TraverseRequest()
    request.start = ["a", "b", "a"]
    request.limit = 20_000
    let walk = try GraphWalk(validating: request)
    #expect(walk.start == ["a", "b"] && walk.maxDepth == 1 && walk.direction == .out && walk.limit == 10_000)
  }

  typealias Paths = (change: @Sendable (inout FindPathsRequest) -> Void, wrong: [String])

  static let paths: [Paths] = [
    ({ _ in }, []),
    ({ $0.source = "" }, ["source"]),
    ({ $0.target = "a\n" }, ["target"]),
    ({ $0.mode = .unrecognized(9) }, ["mode"]),
    ({ $0.maxDepth = 33 }, ["max_depth"]),
    ({ $0.limit = -1 }, ["limit"]),
  ]

  @Test("everything wrong with a search for paths is named", arguments: paths.indices)
  func path(_ index: Int) throws {
    var request = FindPathsRequest()
    (request.source, request.target) = ("a", "b")
    Self.paths[index].change(&request)
    let wrong = try wrongFields { () throws(RPCError) in _ = try PathQuery(validating: request) }
    #expect(wrong == Self.paths[index].wrong)
  }

  typealias List = (change: @Sendable (inout ListRelationshipsRequest) -> Void, wrong: [String])

  static let lists: [List] = [
    ({ _ in }, []),
    (
      {
        $0.context = "a"
        $0.other = "b"
        $0.direction = .both
      }, []
    ),
    ({ $0.other = "b" }, ["other"]),
    ({ $0.direction = .in }, ["direction"]),
    (
      {
        $0.showEnded = true
        $0.filter = RelationshipFilter()
        $0.filter?.validAt = WellKnown.Timestamp(seconds: 1)
      },
      ["filter.valid_at"]
    ),
    (
      {
        $0.filter = RelationshipFilter()
        $0.filter?.kinds = Array(repeating: .follows, count: 33)
      }, ["filter.kinds"]
    ),
    (
      {
        $0.filter = RelationshipFilter()
        $0.filter?.names = ["", "a"]
      }, ["filter.names[0]"]
    ),
    ({ $0.pageSize = -1 }, ["page_size"]),
    ({ $0.pageToken = "x" }, ["page_token"]),
  ]

  private let key = TokenKey(Array(repeating: 7, count: 32))

  @Test("everything wrong with a list of relationships is named", arguments: lists.indices)
  func list(_ index: Int) throws {
    var request = ListRelationshipsRequest()
    Self.lists[index].change(&request)
    let wrong = try wrongFields { () throws(RPCError) in
      _ = try RelationshipList(validating: request, project: "p", key: key)
    }
    #expect(wrong == Self.lists[index].wrong)
  }

  @Test("a list goes on behind its last row, in either direction")
  func places() throws {
    var request = ListRelationshipsRequest()
    request.context = "a"
    let relationship = RelationshipKey(source: "b", kind: .follows, name: "n", target: "a")
    for isIncoming in [false, true] {
      let place = RelationshipPlace(isIncoming: isIncoming, key: relationship, validTo: 7)
      let first = try RelationshipList(validating: request, project: "p", key: key)
      var next = request
      next.pageToken = first.nextPageToken(after: place, at: nil)
      #expect(try RelationshipList(validating: next, project: "p", key: key).after == place)
      next.context = "c"
      let wrong = try wrongFields { () throws(RPCError) in
        _ = try RelationshipList(validating: next, project: "p", key: key)
      }
      #expect(wrong == ["page_token"])
    }
  }
}
