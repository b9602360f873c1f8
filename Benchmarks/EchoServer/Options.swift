import GRPC
import Glibc

/// The value after an option.
func option(_ name: String) -> String? {
  let arguments = CommandLine.arguments
  return arguments.firstIndex(of: name).flatMap { $0 + 1 < arguments.count ? arguments[$0 + 1] : nil }
}

private func number(_ name: String) -> Int? {
  guard let text = option(name) else { return nil }
  guard let number = Int(text) else {
    print("\(name) takes a whole number")
    exit(64)
  }
  return number
}

extension ServerConfiguration {
  /// Limits from the command line, times in milliseconds, for tests of each of them.
  static var fromArguments: ServerConfiguration {
    var configuration = ServerConfiguration()
    func time(_ name: String, _ path: WritableKeyPath<ServerConfiguration, Duration>) {
      if let number = number(name) { configuration[keyPath: path] = .milliseconds(number) }
    }
    func time(_ name: String, _ path: WritableKeyPath<ServerConfiguration, Duration?>) {
      if let number = number(name) { configuration[keyPath: path] = .milliseconds(number) }
    }
    func size(_ name: String, _ path: WritableKeyPath<ServerConfiguration, Int>) {
      if let number = number(name) { configuration[keyPath: path] = number }
    }
    time("--keepalive-time", \.http2.keepaliveTime)
    time("--keepalive-timeout", \.http2.keepaliveTimeout)
    time("--min-ping-interval", \.http2.minPingInterval)
    time("--max-connection-idle", \.http2.maxConnectionIdle)
    time("--max-connection-age", \.http2.maxConnectionAge)
    time("--max-connection-age-grace", \.http2.maxConnectionAgeGrace)
    configuration.http2.permitsPingsWithoutStreams = CommandLine.arguments.contains(
      "--permit-pings-without-calls")
    size("--max-receive-message-size", \.maxReceiveMessageSize)
    size("--max-connection-receive-buffer", \.http2.maxReceivedBytes)
    size("--max-connection-send-buffer", \.http2.maxQueuedBytes)
    size("--max-buffered-bytes", \.maxBufferedBytes)
    time("--handshake-timeout", \.handshakeTimeout)
    size("--max-connections", \.maxConnections)
    size("--flood-burst", \.http2.floodBurst)
    size("--flood-rate", \.http2.floodRate)
    if let streams = number("--max-concurrent-streams") {
      configuration.http2.maxConcurrentStreams = UInt32(clamping: streams)
    }
    return configuration
  }
}
