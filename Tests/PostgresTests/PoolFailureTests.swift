import EventLoop
import Testing

@testable import Postgres

@Suite("Pool: databases that cannot be reached")
struct PoolFailureTests {
  @Test("a database that is not there is a connection failure that says why")
  func unreachable() async throws {
    let group = EventLoopGroup(loops: 1)
    defer { group.stop() }
    var configuration = PoolConfiguration()
    configuration.acquireTimeout = .milliseconds(200)
    let pool = try PostgresPool(
      url: "postgresql://nobody@/nothing?host=/tmp/no-such-folder", loops: group.loops,
      blocking: BlockingPool(), configuration: configuration)
    for _ in 0..<3 {
      let error = await #expect(throws: PostgresError.self) { try await pool.lookup(.one, []) }
      #expect(error?.kind == .connectionFailed && error?.isConnectionFailure == true)
      #expect(error?.message.contains("/tmp/no-such-folder") == true)
    }
    let write = await #expect(throws: PostgresError.self) { try await pool.write(.one, []) }
    #expect(write?.kind == .connectionFailed)
    await pool.close()
  }

  @Test("a host whose name does not resolve is named, and the loop goes on meanwhile")
  func unresolvable() async throws {
    let group = EventLoopGroup(loops: 1)
    defer { group.stop() }
    var configuration = PoolConfiguration()
    configuration.acquireTimeout = .seconds(3)
    let pool = try PostgresPool(
      url: "postgresql://nobody@no-such-host.invalid/x", loops: group.loops, blocking: BlockingPool(),
      configuration: configuration)
    let error = await #expect(throws: PostgresError.self) { try await pool.query(.one) }
    #expect(error?.kind == .connectionFailed)
    await pool.close()
  }

  @Test("a URL that is none is refused, without its password")
  func badURL() {
    let group = EventLoopGroup(loops: 1)
    defer { group.stop() }
    let error = #expect(throws: PostgresError.self) {
      try PostgresPool(
        url: "postgresql://me:secret@host:port:port/x?bad=1", loops: group.loops, blocking: BlockingPool())
    }
    #expect(error?.kind == .configuration && error?.message.contains("secret") == false)
  }
}
