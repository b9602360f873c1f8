import CairnAPI
import GRPC
import Postgres
import StandardProtos
import Synchronization
import Testing

@testable import Journal

@Suite struct ErrorMappingTests {
  static func server(_ state: SQLState, _ message: String = "boom", constraint: String? = nil)
    -> PostgresError
  {
    PostgresError(
      .server, message,
      server: ServerMessage(severity: "ERROR", sqlState: state, message: message, constraint: constraint))
  }

  static let cases: [(PostgresError, StatusCode, ErrorReason?)] = [
    (PostgresError(.connectionFailed, "refused"), .unavailable, .databaseUnavailable),
    (PostgresError(.connectionLost, "gone"), .unavailable, .databaseUnavailable),
    (server("57P01"), .unavailable, .databaseUnavailable),
    (server("57P03"), .unavailable, .databaseUnavailable),
    (server("08006"), .unavailable, .databaseUnavailable),
    (PostgresError(.outcomeUnknown, "died at COMMIT"), .unavailable, .outcomeUnknown),
    (PostgresError(.poolExhausted, "2 s"), .resourceExhausted, .poolExhausted),
    (server("53300"), .resourceExhausted, .poolExhausted),
    (server("53100"), .unavailable, .storageFull),
    (PostgresError(.storageFull, "full"), .unavailable, .storageFull),
    (server("57014"), .deadlineExceeded, .statementTimeout),
    (PostgresError(.cancelled, "cancelled"), .cancelled, .callCancelled),
    (server("40001"), .aborted, .contention), (server("40P01"), .aborted, .contention),
    (server("55P03"), .aborted, .contention),
    (server("23505", constraint: "note_pkey"), .alreadyExists, .internal),
    (server("23503"), .failedPrecondition, .internal),
    (server("23514", constraint: "positive"), .invalidArgument, .fieldInvalid),
    (server("23514"), .aborted, .contention), (server("23502"), .invalidArgument, .fieldInvalid),
    (server("22021"), .invalidArgument, .fieldInvalid), (server("22P05"), .invalidArgument, .fieldInvalid),
    (PostgresError(.invalidParameter, "NUL"), .invalidArgument, .fieldInvalid),
    (PostgresError(.invalidResult, "bug"), .internal, .internal), (server("42P01"), .internal, .internal),
  ]

  @Test("each error of the database has its status and reason", arguments: cases)
  func mapping(error: PostgresError, code: StatusCode, reason: ErrorReason?) {
    let mapped = RPCError(error)
    #expect(mapped.code == code)
    #expect(mapped.reason == reason)
  }

  @Test(
    "what the database said stays in the log, under a number that the caller gets",
    arguments: ["42P01", "22P02"])
  func secrets(state: String) throws {
    let lines = Mutex<[String]>([])
    DatabaseFaults.report { line in lines.withLock { $0.append(line) } }
    let secret = "Key (name)=(somebody else's)"
    let error = RPCError(Self.server(state == "42P01" ? "42P01" : "22P02", secret))
    #expect(!error.message.contains("somebody"))
    let number = try #require(error.particular("error"))
    #expect(error.message.contains(number))
    let told = lines.withLock { $0.filter { $0.contains(number) } }
    #expect(told.count == 1 && told[0].contains(secret) && told[0].contains(state))
  }

  @Test("an unreachable database says when to try again")
  func retryInfo() throws {
    let error = RPCError(PostgresError(.connectionFailed, "refused"))
    let retry = try error.details.compactMap { try $0.unpack(GoogleRpcRetryInfo.self) }
    #expect(retry.first?.retryDelay?.seconds == 1)
    let info = try error.details.compactMap { try $0.unpack(GoogleRpcErrorInfo.self) }
    #expect(info.first?.domain == "cairn.dev")
    #expect(info.first?.reason == "DATABASE_UNAVAILABLE")
  }

  @Test("text with a NUL is the caller's mistake")
  func nul() async throws {
    try await withServer { server, _ in
      do {
        _ = try await server.journal.createNote("a\0b")
        Issue.record("stored")
      } catch let error as RPCError {
        #expect(error.code == .invalidArgument)
      }
    }
  }
}
