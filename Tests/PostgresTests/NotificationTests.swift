import EventLoop
import Patience
import Synchronization
import TestSupport
import Testing

@testable import Postgres

/// Collects a listener's events from its loop.
private final class Events: Sendable {
  private let stored = Mutex<[String]>([])

  func add(_ event: ListenerEvent) {
    let text =
      switch event {
      case .listening: "listening"
      case .notification(let channel, let payload): "\(channel): \(payload)"
      case .lost: "lost"
      }
    stored.withLock { $0.append(text) }
  }

  var all: [String] { stored.withLock { $0 } }
}

@Suite("Notifications")
struct NotificationTests {
  @Test("notifications arrive, on odd channel names too, and again after the connection was lost")
  func listening() async throws {
    let database = try await TestDatabase.make(.empty)
    defer { database.drop() }
    let group = EventLoopGroup(loops: 1)
    defer { group.stop() }
    let events = Events()
    let listener = try NotificationListener(
      url: database.url, channels: ["journal", "Odd \"name\""], loop: group.loops[0],
      blocking: BlockingPool()
    ) { events.add($0) }
    let admin = try database.connect()
    try await eventually("listening") { events.all == ["listening"] }
    try admin.execute("NOTIFY journal, 'one'; NOTIFY \"Odd \"\"name\"\"\", 'two'")
    try await eventually("both") { events.all.suffix(2) == ["journal: one", "Odd \"name\": two"] }
    try admin.execute(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()"
    )
    try await eventually("listening again") { events.all.suffix(2) == ["lost", "listening"] }
    try admin.execute("NOTIFY journal, 'three'")
    try await eventually("the third") { events.all.last == "journal: three" }
    listener.close()
    try await eventually("the connection is gone") {
      try admin.query(
        "SELECT 1 FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()"
      ).isEmpty
    }
  }
}
