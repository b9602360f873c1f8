import CairnAPI
import GRPC
import Journal
import Postgres
import Requests
import TestSupport
import Testing
import Wire

@testable import Sessions

/// Events that are refused on a database, by their session, its head or its end.
@Suite struct AppendRefusalTests {
  typealias Case = (
    name: String, prepare: @Sendable (SessionServiceClient, TestDatabase) async throws -> Void, agent: String,
    expected: Int64?, reason: ErrorReason
  )

  static let refusals: [Case] = [
    ("missing", { _, _ in }, "", nil, .sessionNotFound),
    (
      "deleted",
      { client, _ in
        try await client.begin("s")
        _ = try await client.deleteSession(DeleteSessionRequest.with { $0.id = "s" })
      }, "", nil, .sessionDeleted
    ),
    (
      "ended",
      { client, _ in
        try await client.begin("s")
        _ = try await client.endSession(EndSessionRequest.with { $0.id = "s" })
      }, "", nil, .sessionEnded
    ),
    (
      "expired",
      { client, database in
        try await client.begin("s")
        try database.connect().execute("UPDATE session_head SET expire_time = '2020-01-01Z'")
      }, "", nil, .sessionExpired
    ),
    ("stranger", { client, _ in try await client.begin("s", agent: "ann") }, "cy", nil, .notAMember),
    ("nobody there", { client, _ in try await client.begin("s") }, "cy", nil, .notAMember),
    (
      "wrong head", { client, _ in try await client.begin("s", agent: "ann") }, "ann", 3, .sessionHeadMismatch
    ),
    (
      "full",
      { client, _ in
        try await client.begin("s", agent: "ann") { $0.maxEvents = 1 }
        try await client.append(to: "s")
      }, "ann", 1, .sessionFull
    ),
    (
      "ended, wrong head, stranger",
      { client, _ in
        try await client.begin("s")
        _ = try await client.endSession(EndSessionRequest.with { $0.id = "s" })
      }, "cy", 7, .sessionEnded
    ),
    ("wrong head, stranger", { client, _ in try await client.begin("s") }, "cy", 7, .sessionHeadMismatch),
  ]

  @Test(
    "an append is refused alike with and without a transition, and nothing is written",
    arguments: refusals.indices)
  func refused(_ index: Int) async throws {
    let (name, prepare, agent, expected, reason) = Self.refusals[index]
    try await withLogs { peers, database in
      let client = peers[0].client
      try await prepare(client, database)
      func counts() throws -> [Int64] {
        let row = try database.connect().query(
          """
          SELECT (SELECT count(*) FROM session_event), (SELECT count(*) FROM change),
            (SELECT coalesce(sum(last_sequence), 0)::bigint FROM session_head), (SELECT count(*) FROM request)
          """
        ).only()
        return try (0..<4).map { try row.decode($0, as: Int64.self) }
      }
      let before = try counts()
      var errors: [RPCError?] = []
      for event in [SessionEvent.custom("x", by: agent), .leading(to: .broken, by: agent)] {
        for request in ["", "r"] {
          errors.append(
            await refusal { () throws(RPCError) in
              try await client.append(event, to: "s") {
                $0.expectedLastSequence = expected
                $0.requestId = request
              }
            })
        }
      }
      let first = try #require(errors[0], "\(name)")
      #expect(first.reason == reason, "\(name)")
      for error in errors {
        #expect(error?.code == first.code && error?.message == first.message, "\(name)")
        #expect(error?.details == first.details, "\(name)")
      }
      #expect(try counts() == before, "\(name)")
    }
  }

  @Test("a session takes as many events as it may have, from how many callers ever")
  func full() async throws {
    try await withLogs(2) { peers, _ in
      try await peers[0].client.begin("s") { $0.maxEvents = 10 }
      let refused = await withTaskGroup(of: RPCError?.self) { group in
        for number in 0..<30 {
          group.addTask {
            await refusal { () throws(RPCError) in
              try await peers[number % 2].client.append(to: "s")
            }
          }
        }
        return await group.reduce(into: []) { $0.append($1) }.compactMap(\.self)
      }
      #expect(refused.count == 20)
      #expect(refused.allSatisfy { $0.code == .resourceExhausted && $0.particular("limit") == "10" })
      #expect(try await peers[1].client.sequences(of: "s") == Array(1...10))
    }
  }

  @Test("of many who expect the same head one appends, and the others hear where it is")
  func expectedHead() async throws {
    try await withLogs(2) { peers, _ in
      try await peers[0].client.begin("s")
      let results = await withTaskGroup(of: RPCError?.self) { group in
        for number in 0..<20 {
          group.addTask {
            await refusal { () throws(RPCError) in
              try await peers[number % 2].client.append(to: "s") { $0.expectedLastSequence = 0 }
            }
          }
        }
        return await group.reduce(into: []) { $0.append($1) }
      }
      let refused = results.compactMap(\.self)
      #expect(refused.count == 19)
      #expect(refused.allSatisfy { $0.code == .aborted && $0.particular("last_sequence") == "1" })
    }
  }

  // MARK: What an append leaves
}
