import CairnAPI
import Changes
import Commits
import Contexts
import Coordination
import EventLoop
import GRPC
import Glibc
import Journal
import LongRunning
import Operations
import Postgres
import Projects
import Sessions
import StandardServices

/// The composition root: everything a server is made of, put together and taken apart in order.
final class RunningServer: Sendable {
  private let group: EventLoopGroup
  private let pool: PostgresPool
  private let journal: Journal
  private let monitor: HealthMonitor
  private let server: GRPCServer
  private let sweep: ContextSweep
  private let sessionSweep: SessionSweep
  private let sessionRollup: SessionRollup
  private let coordination: CoordinationServices
  private let coordinationDuties: CoordinationDuties
  private let background: [Task<Void, Never>]
  private let log: Log
  private let certificates: Certificates?

  /// Brings the tables up to date and starts everything but listening.
  init(
    _ configuration: Configuration, _ database: Database, _ certificates: Certificates?, _ log: Log
  ) throws(PostgresError) {
    DatabaseFaults.report { log.error($0) }
    for migration in try database.migrator.apply() {
      log.info("applied migration \(migration.module)/\(migration.version)_\(migration.name)")
    }
    let group = EventLoopGroup(loops: configuration.loopCount)
    let home = group.loops[0]
    let blocking = BlockingPool()
    let pool = try PostgresPool(
      url: database.url, loops: group.loops, blocking: blocking,
      configuration: configuration.pool(for: database, log))
    if let hint = configuration.hint(connectedLoops: pool.loopCount) { log.warning(hint) }
    let journal = Journal(
      pool: pool, url: database.url, loops: group.loops, blocking: blocking,
      configuration: configuration.journal)
    // What callers ask for must not keep cancels of statements waiting, nor calls that a loop answers.
    let requestWork = BlockingPool(threads: 2, niceness: 5)
    let contexts = ContextServices(
      journal: journal, pool: pool, blocking: requestWork, configuration: configuration.contexts(log))
    // They bring feeds of their own.
    let sessions = SessionServices(
      journal: journal, pool: pool, blocking: requestWork, configuration: configuration.sessions(log))
    let coordination = CoordinationServices(
      journal: journal, pool: pool, blocking: requestWork,
      commits: CommitParts(contexts: contexts.commits, sessions: sessions.commits),
      configuration: configuration.coordination(log))
    try journal.start()

    let projects = ProjectService(journal: journal, pool: pool)
    let domains: [any RPCService] =
      contexts.all + sessions.all + coordination.all + [
        CommitService(
          journal: journal, contexts: contexts.commits, sessions: sessions.commits, blocking: requestWork),
        projects,
        ChangeService(
          journal: journal, resources: contexts.resources + sessions.resources + projects.resources),
        OperationService(journal: journal),
      ]
    sweep = ContextSweep(contexts, on: home)
    sweep.start()
    sessionSweep = SessionSweep(sessions, on: home)
    sessionSweep.start()
    sessionRollup = SessionRollup(sessions, on: home)
    sessionRollup.start()
    self.coordination = coordination
    coordinationDuties = CoordinationDuties(coordination, on: home)
    coordinationDuties.start()
    journal.register(projects.kinds + contexts.kinds + sessions.kinds)
    journal.operations.start([contexts.reindexing, projects.purge])
    let monitor = HealthMonitor(
      services: domains.map { type(of: $0).descriptor.name }, pool: pool, loop: home, log: log,
      isStorageFull: { database.isStorageFull })
    let channelz = Channelz.ofProcess
    var services = domains + [OperationsService(monitor: monitor, journal: journal)]
    if !configuration.hidesChannelz { services.append(ChannelzService(channelz)) }
    let index = ReflectionIndex(services: services.map { type(of: $0).descriptor })
    server = GRPCServer(
      services: services + [
        HealthService(monitor.statuses), ReflectionService(index), AlphaReflectionService(index),
      ],
      interceptors: [CallLog(log)], configuration: configuration.server(log), group: group)

    channelz.add(server)

    var background = [Task(executorPreference: home) { await monitor.run() }]
    if let cluster = database.cluster {
      background.append(
        Task(executorPreference: home) { await cluster.supervise(on: home, blocking: blocking) })
    }
    if let certificates {
      background.append(
        Task(executorPreference: home) { await certificates.watch(on: home, blocking: blocking) })
    }
    self.group = group
    self.pool = pool
    self.journal = journal
    self.monitor = monitor
    self.background = background
    self.log = log
    self.certificates = certificates
  }

  /// Listens on each address and returns what was bound.
  func listen(_ texts: [String]) async throws(SocketError) -> [SocketAddress] {
    // A client that connects as soon as the server listens finds it ready.
    await monitor.probe()
    var bound: [SocketAddress] = []
    for text in texts { bound += try await listen(onAll: try SocketAddress.resolve(text)) }
    return bound
  }

  /// Listens on the addresses of one name. One that this machine does not have, as where IPv6 is off, is left
  /// out if there is another.
  private func listen(onAll addresses: [SocketAddress]) async throws(SocketError) -> [SocketAddress] {
    var bound: [SocketAddress] = []
    var missing: SocketError?
    for address in addresses {
      do throws(SocketError) {
        // The rights of its file decide who may open a unix socket.
        let tls = address.port == nil ? nil : certificates?.credentials
        bound.append(try await server.listen(address, tls: tls))
      } catch {
        guard error.code == EADDRNOTAVAIL || error.code == EAFNOSUPPORT else { throw error }
        missing = error
      }
    }
    if bound.isEmpty, let missing { throw missing }
    return bound
  }

  /// Lets what is in flight end, for at most `limit`, then frees everything.
  ///
  /// - Returns: Whether all calls ended by themselves.
  @discardableResult
  func stop(notice: Duration = .zero, within limit: Duration) async -> Bool {
    monitor.stop()
    if notice > .zero {
      let home = group.loops[0]
      await home.run { () async in
        do throws(CancellationError) { try await home.sleep(for: notice) } catch {}
      }
    }
    journal.drain()
    coordination.drain()
    monitor.statuses.finish()
    let cut = await server.drain(within: limit)
    if cut > 0 { log.warning("\(cut) calls had not ended and were cut off") }
    for task in background { task.cancel() }
    await sweep.stop()
    await sessionSweep.stop()
    await sessionRollup.stop()
    await coordinationDuties.stop()
    await journal.stop()
    await pool.close()
    group.stop()
    return cut == 0
  }

  /// Ends a stop that waits for calls: what is still in flight is cut off.
  func cutOff() { server.cutOff() }
}
