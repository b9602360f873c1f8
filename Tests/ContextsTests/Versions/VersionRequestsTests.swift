import CairnAPI
import GRPC
import Journal
import Requests
import TestSupport
import Testing
import Wire

@testable import Contexts

@Suite struct VersionRequestsTests {
  typealias List = (change: @Sendable (inout ListContextVersionsRequest) -> Void, wrong: [String])

  static let lists: [List] = [
    ({ _ in }, []),
    ({ $0.id = String(repeating: "x", count: 128) }, []),
    ({ $0.id = String(repeating: "x", count: 129) }, ["id"]),
    ({ $0.id = "" }, ["id"]),
    ({ $0.id = "a\u{85}" }, ["id"]),
    ({ $0.pageSize = .max }, []),
    ({ $0.pageSize = -1 }, ["page_size"]),
    ({ $0.pageSize = .min }, ["page_size"]),
    ({ $0.view = .unrecognized(9) }, ["view"]),
    ({ $0.view = .unrecognized(-1) }, ["view"]),
    ({ $0.pageToken = "x" }, ["page_token"]),
    ({ $0.pageToken = String(repeating: "A", count: 8_193) }, ["page_token"]),
    (
      {
        $0.id = "\0"
        $0.pageSize = -1
        $0.view = .unrecognized(9)
        // Not looked at before all else is right.
        $0.pageToken = "x"
      }, ["id", "page_size", "view"]
    ),
  ]

  @Test("everything wrong with a list of versions is named", arguments: lists.indices)
  func list(_ index: Int) throws {
    var request = ListContextVersionsRequest()
    request.id = "a"
    Self.lists[index].change(&request)
    let wrong = try wrongFields { () throws(RPCError) in
      _ = try VersionList(validating: request, project: "p", key: .test)
    }
    #expect(wrong == Self.lists[index].wrong)
  }

  @Test(
    "page sizes are cut to what is allowed",
    arguments: [(0, 50), (1, 1), (999, 999), (1_000, 1_000), (1_001, 1_000), (.max, 1_000)] as [(Int32, Int)])
  func pageSize(_ asked: Int32, _ used: Int) throws {
    var request = ListContextVersionsRequest()
    (request.id, request.pageSize) = ("a", asked)
    #expect(try VersionList(validating: request, project: "p", key: .test).pageSize == used)
  }

  @Test("a list goes on before the last version that was sent", arguments: [1, 7, .max] as [Int64])
  func places(_ position: Int64) throws {
    var request = ListContextVersionsRequest()
    request.id = "e\u{301}"
    let first = try VersionList(validating: request, project: "p", key: .test)
    #expect(first.before == .max && first.id.hasSameBytes(as: "e\u{301}"))
    request.pageToken = first.nextPageToken(after: position)
    // How much of each version is wanted may change on the way.
    (request.pageSize, request.view) = (3, .basic)
    #expect(try VersionList(validating: request, project: "p", key: .test).before == position)
    let key = TokenKey(Array(repeating: 8, count: 32))
    for (id, project, key) in [
      ("other", "p", .test), ("\u{e9}", "p", .test), ("e\u{301}", "q", .test), ("e\u{301}", "p", key),
    ] as [(String, String, TokenKey)] {
      request.id = id
      let error = #expect(throws: RPCError.self) {
        try VersionList(validating: request, project: project, key: key)
      }
      #expect(error?.reason == .pageTokenInvalid)
    }
  }

  typealias Get = (change: @Sendable (inout GetContextVersionRequest) -> Void, wrong: [String])

  static let gets: [Get] = [
    ({ _ in }, []),
    ({ $0.version = .max }, []),
    ({ $0.version = -1 }, ["version"]),
    ({ $0.version = .min }, ["version"]),
    ({ $0.id = "" }, ["id"]),
    (
      {
        $0.id = "a\n"
        $0.version = -1
        $0.view = .unrecognized(.max)
      }, ["id", "version", "view"]
    ),
  ]

  @Test("everything wrong with a request for a version is named", arguments: gets.indices)
  func get(_ index: Int) throws {
    var request = GetContextVersionRequest()
    request.id = "a"
    Self.gets[index].change(&request)
    let wrong = try wrongFields { () throws(RPCError) in _ = try VersionLookup(validating: request) }
    #expect(wrong == Self.gets[index].wrong)
  }

  typealias Difference = (from: Int64, to: Int64, wrong: [String])

  @Test(
    "everything wrong with a request for a difference is named, and either version may be the older one",
    arguments: [
      (0, 0, []), (1, 0, []), (.max, 1, []), (-1, 0, ["from_version"]), (0, -1, ["to_version"]),
      (.min, .min, ["from_version", "to_version"]),
    ] as [Difference])
  func difference(_ from: Int64, _ to: Int64, _ wrong: [String]) throws {
    var request = DiffContextVersionsRequest()
    (request.id, request.fromVersion, request.toVersion) = ("a", from, to)
    let found = try wrongFields { () throws(RPCError) in _ = try VersionLookup(validating: request) }
    #expect(found == wrong)
    if wrong.isEmpty {
      let lookup = try VersionLookup(validating: request)
      #expect(lookup.id == "a" && lookup.version == to && lookup.other == from)
    }
    request.id = ""
    let all = try wrongFields { () throws(RPCError) in _ = try VersionLookup(validating: request) }
    #expect(all == ["id"] + wrong)
  }

  @Test("a request for one version has no other one")
  func one() throws {
    var request = GetContextVersionRequest()
    (request.id, request.version) = ("e\u{301}", 3)
    let lookup = try VersionLookup(validating: request)
    #expect(lookup.version == 3 && lookup.other == nil && lookup.id.hasSameBytes(as: "e\u{301}"))
  }

  @Test(
    "a restoration names a version that there may have been",
    arguments: [
      ("a", 1, []), ("a", .max, []), ("a", 0, ["version"]), ("a", -1, ["version"]), ("a", .min, ["version"]),
      ("", 0, ["id", "version"]), ("\u{7f}", 1, ["id"]),
    ] as [(String, Int64, [String])])
  func restoration(_ id: String, _ version: Int64, _ wrong: [String]) throws {
    var request = RestoreContextVersionRequest()
    (request.id, request.version, request.etag) = (id, version, "7")
    var violations = Violations()
    let restoration = VersionRestoration(validating: request, &violations)
    #expect(try wrongFields { () throws(RPCError) in try violations.check() } == wrong)
    #expect(restoration.version == version && restoration.etag == "7" && restoration.id.hasSameBytes(as: id))
  }

  @Test("a version that is not kept is refused with its number", arguments: [1, .max] as [Int64])
  func missing(_ version: Int64) {
    var request = RestoreContextVersionRequest()
    (request.id, request.version) = ("a", version)
    var violations = Violations()
    let head = StoredHead(
      id: "a", version: 3, position: 30, isDeleted: false, contentBytes: 0, dataBytes: 0, metadata: nil)
    let result = VersionRestoration(validating: request, &violations).resolved(against: head, isKept: false)
    let error = #expect(throws: RPCError.self) { try result.get() }
    #expect(error?.reason == .contextVersionNotFound && error?.particular("version") == "\(version)")
  }
}
