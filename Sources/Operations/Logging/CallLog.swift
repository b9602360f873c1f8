import EventLoop
import GRPC

/// Logs calls that failed through the server's own fault, and every call at level debug.
package struct CallLog: ServerInterceptor {
  private let log: Log

  package init(_ log: Log) { self.log = log }

  package func intercept(
    _ call: CallContext, next: () async throws(RPCError) -> Void
  ) async throws(RPCError) {
    let started = log.level >= .debug ? Instant.now : nil
    do throws(RPCError) {
      try await next()
      if let started { log.debug("\(call.path) OK in \(Instant.now - started) for \(call.peer)") }
    } catch {
      if error.code == .internal || error.code == .unknown || error.code == .dataLoss {
        log.error("\(call.path) failed with \(error) for \(call.peer)")
      } else if let started {
        log.debug("\(call.path) \(error) in \(Instant.now - started) for \(call.peer)")
      }
      throw error
    }
  }
}
