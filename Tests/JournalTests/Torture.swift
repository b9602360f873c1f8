import EventLoop
import GRPC
import Journal
import Patience
import Postgres
import Synchronization
import TestSupport
import Testing

/// Two servers on one database, writers with every kind of bad luck, and watchers that must not notice.
final class Torture: Sendable {
  let servers: [TestServer]
  private let cluster: TestCluster
  private let isOver = Atomic<Bool>(false)
  private let killed = Atomic(0)
  private let notes = (0..<20).map { "note-\($0)" }

  init(_ cluster: TestCluster) throws {
    self.cluster = cluster
    servers = try (0..<2).map { _ in
      try TestServer(
        cluster.cluster.url,
        { configuration in
          // Small bounds: watchers fall behind, pages end inside positions, positions outgrow a read.
          configuration.recentRows = 120
          configuration.tailChunk = 40
          configuration.pageSize = 25
          configuration.checkpointInterval = .milliseconds(50)
        },
        pool: { $0.maximumConnections = 14 })
    }
    for server in servers { try server.journal.start() }
  }

  func prepare() async throws {
    for note in notes { _ = try await servers[0].journal.createNote(note) }
  }

  /// Lets everything run for `duration`, then ends the writers and returns what each watcher saw.
  func run(for duration: Duration) async throws -> [WatcherLog] {
    let watchers = (0..<10).map { number in Task { try await watch(number) } }
    let writers = (0..<12).map { number in Task { await write(number) } }
    let threads = (0..<3).map { _ in BlockingTask { [self] in writeSlowly() } }
    let killer = BlockingTask { [self] in kill() }
    try await Task.sleep(for: duration)
    isOver.store(true, ordering: .sequentiallyConsistent)
    for writer in writers { await writer.value }
    for thread in threads { await thread.value }
    await killer.value
    try await eventually("the last note was written") {
      (try? await self.servers[0].journal.createNote("end", keys: .client)) != nil
    }
    var logs: [WatcherLog] = []
    for watcher in watchers { logs.append(try await watcher.value) }
    for server in servers { await server.stop() }
    return logs
  }

  private var goesOn: Bool { !isOver.load(ordering: .sequentiallyConsistent) }

  // MARK: Writers

  /// Writes as a server does, with delays and rollbacks between lock and draw. Errors are part of the game.
  private func write(_ number: Int) async {
    let server = servers[number % 2]
    let loop = server.group.loops[number / 2 % 2]
    await loop.run { [self] in
      while goesOn {
        let id = UUID128.makeVersion7().description
        switch Int.random(in: 0..<8) {
        case 0, 1, 2: _ = try? await server.journal.createNote(id)
        case 3: _ = try? await server.journal.createNote(id, keys: .client, CallScope.test.named(id))
        case 4: _ = try? await server.journal.createNote("taken-\(Int.random(in: 0..<50))", keys: .client)
        default:
          let some = notes.shuffled().prefix(Int.random(in: 1...(Int.random(in: 0..<10) == 0 ? 20 : 4)))
          let pause = Double.random(in: 0...0.012)
          _ = try? await server.journal.updateNotes(some.sorted(), pause: pause) { () throws(RPCError) in
            if Int.random(in: 0..<4) == 0 { throw RPCError(.aborted, "rolled back") }
          }
        }
        if Int.random(in: 0..<3) == 0 { try? await loop.sleep(for: .milliseconds(.random(in: 0...5))) }
      }
    }
  }

  /// Writes by hand, with delays where a server has none: between draw, write and commit.
  private func writeSlowly() {
    while goesOn {
      try? cluster.connect().run { connection in
        while goesOn {
          try connection.execute("BEGIN")
          try connection.query(
            "SELECT pg_advisory_xact_lock_shared($1, $2), pg_current_xact_id()",
            [AdvisoryLockClass.project.rawValue, ProjectID.default.lockKey])
          pause()
          let position = try connection.query("SELECT nextval('journal_position')").only()
            .decode(0, as: Int64.self)
          pause()
          for ordinal in 0..<Int32.random(in: 1...3) {
            try connection.query(
              """
              INSERT INTO change (project_id, position, ordinal, at, principal, operation, kind, id, action)
              VALUES ('default', $1, $2, clock_timestamp(), 'hand', 'hand', 'hand', 'hand', 'made')
              """, [position, ordinal])
          }
          pause()
          try connection.execute(Int.random(in: 0..<4) == 0 ? "ROLLBACK" : "COMMIT")
        }
      }
    }
  }

  private func pause() {
    if Bool.random() { BlockingTask.sleep(milliseconds: .random(in: 0...15)) }
  }

  /// Connections that were ended in the middle of a write, or of nothing.
  var kills: Int { killed.load(ordering: .sequentiallyConsistent) }

  /// Ends connections of the servers, mostly in the middle of a write.
  private func kill() {
    while goesOn {
      try? cluster.connect().run { connection in
        while goesOn {
          BlockingTask.sleep(milliseconds: .random(in: 10...60))
          let ended = try connection.query(
            """
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE usename = 'cairn' AND pid <> pg_backend_pid() AND (backend_xid IS NOT NULL OR random() < 0.1)
            ORDER BY random() LIMIT 1
            """)
          killed.add(ended.count, ordering: .sequentiallyConsistent)
        }
      }
    }
  }

  // MARK: Watchers

  /// Watches until the last note, going on after each error and each voluntary cut where it was.
  private func watch(_ number: Int) async throws -> WatcherLog {
    var log = WatcherLog(number)
    while !log.isComplete {
      let server = servers[log.cuts % 2 == 0 ? number % 2 : (number + 1) % 2]
      let loop = server.group.loops.randomElement()!
      log = await loop.run { [log] in await log.following(server.journal, on: loop) }
    }
    return log
  }
}

/// What a watcher saw, and how it behaves.
struct WatcherLog: Sendable {
  enum Manner { case steady, cutting, slow, filtering }

  let manner: Manner
  private(set) var seen: [Cursor] = []
  private(set) var cuts = 0
  private(set) var mistakes: [String] = []
  private(set) var isComplete = false
  private var place = Cursor.after(0)

  init(_ number: Int) {
    manner = [.steady, .cutting, .slow, .filtering][number % 4]
  }

  /// Whether rows with this id are seen.
  func wants(_ id: String) -> Bool { manner != .filtering || id == "end" || id == "note-3" || id == "hand" }

  /// Follows the feed until it ends, or until this watcher wants a cut.
  func following(_ journal: Journal, on loop: EventLoop) async -> WatcherLog {
    var log = self
    let start = StartPosition.after(place.position, ordinal: place.isBorder ? nil : place.ordinal)
    var left = manner == .cutting ? Int.random(in: 1...80) : Int.max
    do throws(RPCError) {
      let feed = try await journal.changes.watch(.default, from: start, on: loop) { [self] in wants($0.id) }
      while !log.isComplete, left > 0 {
        left -= 1
        log.note(try await feed.next())
        if manner == .slow { try? await loop.sleep(for: .milliseconds(.random(in: 0...4))) }
      }
    } catch {
      if error.code != .unavailable && error.code != .resourceExhausted { log.mistakes.append("\(error)") }
      try? await loop.sleep(for: .milliseconds(5))
    }
    log.cuts += 1
    return log
  }

  private mutating func note(_ element: FeedElement<Change>) {
    switch element {
    case .row(let row):
      if row.cursor <= place { mistakes.append("\(row.cursor) after \(place)") }
      seen.append(row.cursor)
      place = row.cursor
      isComplete = row.id == "end"
    case .caughtUp(let position), .checkpoint(let position):
      if .after(position) < place { mistakes.append("mark \(position) after \(place)") }
      place = .after(position)
    }
  }
}
