import CLinux
import Contexts
import Coordination
import EventLoop
import GRPC
import HTTP2
import Journal
import Operations
import Postgres
import Sessions

// What each part of a server takes from the configuration.
extension Configuration {
  /// One loop per processor that taskset, cpusets and the quota of a control group leave to this process, unless told
  /// otherwise.
  var loopCount: Int {
    loops > 0
      ? loops : ProcessorQuota.threads(usable: Int(cairn_usable_processors()), quota: ProcessorQuota.current)
  }

  /// What TLS is made of; nil for plaintext.
  var tlsFiles: TLSServerFiles? {
    guard let tlsCertificate, let tlsKey else { return nil }
    return TLSServerFiles(
      certificate: tlsCertificate, key: tlsKey, clientAuthorities: tlsClientAuthorities,
      clientAuthentication: tlsClientAuthentication ?? (tlsClientAuthorities == nil ? .none : .required))
  }

  func server(_ log: Log) -> ServerConfiguration {
    var server = ServerConfiguration()
    server.maxReceiveMessageSize = maxReceiveMessageSize
    server.maxSendMessageSize = maxSendMessageSize
    server.maxMetadataSize = maxMetadataSize
    server.maxConnections = maxConnections
    let refusals = ConnectionFailureLog(log)
    server.onConnectionRefused = {
      refusals.failed("no room for \($0): there are as many as max-connections")
    }
    server.handshakeTimeout = handshakeTimeout
    server.maxTLSHandshakes = maxTLSHandshakes
    let failures = ConnectionFailureLog(log)
    server.onTLSFailure = { peer, error in failures.failed("no TLS with \(peer): \(error)") }
    server.compression = compressesAnswers ? .gzip : .identity
    server.maxBufferedBytes = maxBufferedBytes
    server.http2 = http2
    return server
  }

  private var http2: HTTP2Configuration {
    var http2 = HTTP2Configuration.server
    http2.maxConcurrentStreams = UInt32(clamping: maxConcurrentStreams)
    http2.floodBurst = floodBurst
    http2.floodRate = floodRate
    http2.maxReceivedBytes = maxConnectionReceiveBuffer
    http2.maxQueuedBytes = maxConnectionSendBuffer
    http2.keepaliveTime = Self.limit(keepaliveTime)
    http2.keepaliveTimeout = keepaliveTimeout
    http2.minPingInterval = minPingInterval
    http2.permitsPingsWithoutStreams = permitsPingsWithoutCalls
    http2.maxConnectionIdle = Self.limit(maxConnectionIdle)
    http2.maxConnectionAge = Self.limit(maxConnectionAge)
    http2.maxConnectionAgeGrace = Self.limit(maxConnectionAgeGrace)
    return http2
  }

  /// In settings zero stands for never.
  private static func limit(_ duration: Duration) -> Duration? { duration > .zero ? duration : nil }

  var journal: JournalConfiguration {
    var journal = JournalConfiguration()
    // Work in the background leaves most connections to calls.
    journal.pruneInterval = historyPruneInterval
    journal.operationLanes = min(journal.operationLanes, max(1, poolMaximum / 4))
    return journal
  }

  func contexts(_ log: Log) -> ContextConfiguration {
    var contexts = ContextConfiguration()
    contexts.retention = contextRetention
    contexts.sweepInterval = contextSweepInterval
    contexts.consideredMatches = searchMatches
    contexts.note = { log.debug($0) }
    contexts.warn = { log.warning($0) }
    return contexts
  }

  func sessions(_ log: Log) -> SessionConfiguration {
    var sessions = SessionConfiguration()
    sessions.ttl = sessionTTL
    sessions.grace = sessionGrace
    sessions.maxEvents = Int64(sessionMaxEvents)
    sessions.sweepInterval = sessionSweepInterval
    sessions.rollupInterval = sessionRollupInterval
    sessions.figuresRetention = sessionFiguresRetention
    sessions.warn = { log.warning($0) }
    return sessions
  }

  func coordination(_ log: Log) -> CoordinationConfiguration {
    var coordination = CoordinationConfiguration()
    coordination.warn = { log.warning($0) }
    return coordination
  }

  /// What to say when some loops have no database connections of their own; nil when all have.
  func hint(connectedLoops: Int) -> String? {
    guard connectedLoops < loopCount else { return nil }
    return
      "pool-max \(poolMaximum) gives connections to \(connectedLoops) of \(loopCount) loops; calls on the others "
      + "use those, which costs them two hops. \(2 * loopCount + 1) are enough for all"
  }

  func pool(for database: Database, _ log: Log) -> PoolConfiguration {
    var pool = PoolConfiguration()
    pool.minimumConnections = poolMinimum
    pool.maximumConnections = poolMaximum
    pool.acquireTimeout = poolAcquireTimeout
    pool.idleTimeout = poolIdleTimeout
    pool.readTimeout = readStatementTimeout
    pool.writeTimeout = writeStatementTimeout
    pool.lockTimeout = lockTimeout
    pool.onNotice = { log.debug("PostgreSQL: \($0)") }
    pool.isStorageFull = { database.isStorageFull }
    return pool
  }
}
