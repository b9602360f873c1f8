import EventLoop
import Operations
import Synchronization

/// Logs connections that failed: each one at the level debug, and now and then one at the level info. Clients must not be
/// able to fill the log by connecting.
final class ConnectionFailureLog: Sendable {
  private let log: Log
  private let occasional = Mutex(Occasional(every: .seconds(10)))

  init(_ log: Log) { self.log = log }

  func failed(_ text: String) {
    if log.level >= .debug { return log.debug(text) }
    guard let unsaid = occasional.withLock({ $0.happened(at: .now) }) else { return }
    log.info(unsaid == 0 ? text : "\(text) (and \(unsaid) more since the last such line)")
  }
}
