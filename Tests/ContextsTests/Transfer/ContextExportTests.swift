import CairnAPI
import GRPC
import Journal
import Postgres
import TestSupport
import Testing
import Wire

@testable import Contexts

@Suite struct ContextExportTests {
  typealias Change = @Sendable (inout ExportContextsRequest) -> Void
  typealias Case = (change: Change, wrong: [String])

  private static func filtering(_ fill: @escaping @Sendable (inout ContextFilter) -> Void) -> Change {
    {
      var filter = ContextFilter()
      fill(&filter)
      $0.filter = filter
    }
  }

  private static func asOf(_ moment: AsOf.Moment?, _ journal: String = "") -> Change {
    {
      var asOf = AsOf()
      (asOf.moment, asOf.journalId) = (moment, journal)
      $0.asOf = asOf
    }
  }

  static let cases: [Case] = [
    ({ _ in }, []),
    ({ $0.format = .records }, []),
    ({ $0.format = .unrecognized(3) }, ["format"]),
    ({ $0.format = .unrecognized(-1) }, ["format"]),
    ({ $0.format = .unrecognized(.min) }, ["format"]),
    (filtering { $0.types = Array(repeating: .note, count: 32) }, []),
    (filtering { $0.types = Array(repeating: .unspecified, count: 33) }, ["filter.types"]),
    (
      filtering { $0.types = [.plan, .unspecified, .unrecognized(.max)] },
      ["filter.types[1]", "filter.types[2]"]
    ),
    (filtering { $0.statuses = Array(repeating: .draft, count: 8) }, []),
    (filtering { $0.statuses = Array(repeating: .unspecified, count: 9) }, ["filter.statuses"]),
    (filtering { $0.statuses = [.unrecognized(-1)] }, ["filter.statuses[0]"]),
    (filtering { $0.tags = (0..<64).map(String.init) }, []),
    (filtering { $0.tags = (0..<65).map(String.init) }, ["filter.tags"]),
    (filtering { $0.tags = ["\u{e9}", "e\u{301}", "\u{e9}"] }, ["filter.tags[2]"]),
    (filtering { $0.owner = String(repeating: "x", count: 128) }, []),
    (
      filtering {
        $0.owner = String(repeating: "x", count: 129)
        $0.session = "\u{7f}"
        $0.createdFrom = WellKnown.Timestamp(seconds: .max)
        $0.updatedBefore = WellKnown.Timestamp(seconds: 0, nanos: -1)
      }, ["filter.owner", "filter.session", "filter.created_from", "filter.updated_before"]
    ),
    (asOf(.position(.max)), []),
    (asOf(.position(0), "j"), []),
    (asOf(.position(-1)), ["as_of.position"]),
    (asOf(.position(.min), "\0"), ["as_of.journal_id", "as_of.position"]),
    (asOf(nil), ["as_of"]),
    (asOf(.time(WellKnown.Timestamp(seconds: .min))), ["as_of.time"]),
    ({ $0.resumeToken = "x" }, ["resume_token"]),
    ({ $0.resumeToken = String(repeating: "A", count: 8_193) }, ["resume_token"]),
    // A token is looked at when all else is right: it is sealed with the rest of the request.
    (
      {
        $0.resumeToken = "x"
        $0.format = .unrecognized(9)
      }, ["format"]
    ),
  ]

  @Test("everything wrong with an export is named", arguments: cases.indices)
  func validation(_ index: Int) throws {
    var request = ExportContextsRequest()
    Self.cases[index].change(&request)
    let wrong = try wrongFields { () throws(RPCError) in
      _ = try ContextExport(validating: request, project: "p", key: .test)
    }
    #expect(wrong == Self.cases[index].wrong)
  }

  @Test("nothing said means: all that is not deleted, as messages, of now, from the beginning")
  func defaults() throws {
    let export = try ContextExport(validating: ExportContextsRequest(), project: "p", key: .test)
    #expect(export.conditions == ContextConditions() && export.asOf == nil && export.start == nil)
    #expect(!export.isJSON && !export.includesVersions && !export.includesRelationships)
  }

  @Test("lines of JSON, versions, relationships and what is deleted come when they are asked for")
  func wishes() throws {
    var request = ExportContextsRequest()
    (request.format, request.includeVersions) = (.jsonLines, true)
    var export = try ContextExport(validating: request, project: "p", key: .test)
    #expect(
      export.isJSON && export.includesVersions && !export.includesRelationships
        && !export.conditions.showDeleted)
    (request.format, request.includeVersions) = (.records, false)
    (request.includeRelationships, request.showDeleted) = (true, true)
    export = try ContextExport(validating: request, project: "p", key: .test)
    #expect(
      !export.isJSON && !export.includesVersions && export.includesRelationships
        && export.conditions.showDeleted)
  }

  private static let request = {
    var request = ExportContextsRequest()
    request.filter = ContextFilter()
    request.filter?.owner = "\u{e9}"
    return request
  }()

  private static func cursor(
    _ phase: ExportCursor.Phase = .contexts, last: String = "c", sent: Int = 7
  ) -> ExportCursor {
    var cursor = ExportCursor(Moment(position: .max, time: PostgresTimestamp(microseconds: .min)))
    (cursor.phase, cursor.last, cursor.sent) = (phase, last, sent)
    return cursor
  }

  /// Where a request goes on with a token that `request` gave; the field is wrong where it gave none.
  private static func start(
    _ token: String, _ project: String = "p", _ key: TokenKey = .test, _ change: Change = { _ in }
  ) throws(RPCError) -> ExportCursor? {
    var request = request
    change(&request)
    request.resumeToken = token
    return try ContextExport(validating: request, project: project, key: key).start
  }

  static let cursors = [
    cursor(last: ""), cursor(last: "\u{301}e", sent: 0), cursor(last: "~>", sent: 1 << 53),
    cursor(.relationships, last: ""), cursor(.relationships, last: "a\t4\t\tb\t-9223372036854775808"),
  ]

  @Test("an export goes on exactly where it was cut", arguments: cursors.indices)
  func resumption(_ index: Int) throws {
    let cursor = Self.cursors[index]
    let token = try ContextExport(validating: Self.request, project: "p", key: .test).token(for: cursor)
    let start = try #require(try Self.start(token))
    #expect(start == cursor && start.last.hasSameBytes(as: cursor.last))
    // How records are sent may change on the way.
    #expect(try Self.start(token) { $0.format = .jsonLines } == cursor)
  }

  @Test("more records than any export has are refused")
  func tooMany() throws {
    let cursor = Self.cursor(sent: (1 << 53) + 1)
    let token = try ContextExport(validating: Self.request, project: "p", key: .test).token(for: cursor)
    #expect(try wrongFields { () throws(RPCError) in _ = try Self.start(token) } == ["resume_token"])
  }

  static let others: [Change] = [
    { $0.filter = nil }, { $0.filter = ContextFilter() },
    // Equal to Swift, and another text to everybody else.
    { $0.filter?.owner = "e\u{301}" },
    { $0.filter?.tags = ["t"] }, { $0.showDeleted = true }, { $0.includeVersions = true },
    { $0.includeRelationships = true }, asOf(.position(1)), asOf(.position(0)),
  ]

  @Test("the token of another export is refused", arguments: others.indices)
  func mistaken(_ index: Int) throws {
    let token = try ContextExport(validating: Self.request, project: "p", key: .test).token(
      for: Self.cursor())
    let error = #expect(throws: RPCError.self) { try Self.start(token, "p", .test, Self.others[index]) }
    #expect(error?.reason == .pageTokenInvalid)
  }

  @Test("a token is good in its project and its database only, and whole")
  func foreign() throws {
    let token = try ContextExport(validating: Self.request, project: "\u{e9}", key: .test).token(
      for: Self.cursor())
    #expect(try Self.start(token, "\u{e9}") == Self.cursor())
    let key = TokenKey(Array(repeating: 8, count: 32))
    for (token, project, key) in [
      (token, "p", .test), (token, "e\u{301}", .test), (token, "\u{e9}", key),
      (String(token.dropLast()), "\u{e9}", .test),
    ] as [(String, String, TokenKey)] {
      #expect(
        try wrongFields { () throws(RPCError) in _ = try Self.start(token, project, key) } == ["resume_token"]
      )
    }
  }

  @Test("without a filter is the same as with one that says nothing")
  func empty() throws {
    var request = ExportContextsRequest()
    let token = try ContextExport(validating: request, project: "p", key: .test).token(for: Self.cursor())
    request.filter = ContextFilter()
    request.resumeToken = token
    #expect(try ContextExport(validating: request, project: "p", key: .test).start == Self.cursor())
  }
}
