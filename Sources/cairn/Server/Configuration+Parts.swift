import CLinux
import GRPC
import Operations
import Postgres

// What each part of a server takes from the configuration.
extension Configuration {
  /// One loop per processor that taskset and cpusets leave to this process, unless told otherwise.
  var loopCount: Int { loops > 0 ? loops : max(1, Int(cairn_usable_processors())) }

  var server: ServerConfiguration {
    var server = ServerConfiguration()
    server.maxReceiveMessageSize = maxReceiveMessageSize
    server.maxSendMessageSize = maxSendMessageSize
    server.maxConcurrentStreams = UInt32(clamping: maxConcurrentStreams)
    return server
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
