import HTTP2
import Operations

/// One thing that can be set: its name as a flag (`--pool-max`), in the environment (`CAIRN_POOL_MAX`) and
/// in the file (`pool-max = 16`), and how its text becomes part of the configuration.
struct Setting: Sendable {
  let name: String
  /// Name of the value in help; nil for a switch.
  let value: String?
  /// What it is, with the unit and the default.
  let help: String
  /// May be given more than once; in the environment separated by commas.
  var isList = false
  /// Answers what was expected when the text is something else.
  let apply: @Sendable (inout Configuration, [String]) -> String?

  var environmentName: String {
    "CAIRN_" + String(name.map { $0 == "-" ? "_" : $0 }).uppercased()
  }

  var option: Option { Option(name: name, value: value, help: help, repeats: isList) }

  static let all: [Setting] = general + tls + database + contexts + limits + connections

  private static let general = [
    Setting(
      name: "listen", value: "HOST:PORT",
      help: "Where to listen: HOST:PORT, [IPV6]:PORT or unix:PATH. Default 127.0.0.1:7433.", isList: true
    ) { configuration, texts in
      guard texts.allSatisfy(ListenAddress.isValid) else { return "HOST:PORT, [IPV6]:PORT or unix:PATH" }
      configuration.listen = texts
      return nil
    },
    toggle(
      "hide-channelz", \.hidesChannelz,
      "Do not serve grpc.channelz.v1, which tells clients of each other's connections. Default off."),
    toggle(
      "insecure", \.insecure, "Allow plaintext on addresses that other machines can reach. Default off."),
    count(
      "loops", \.loops, 0...1024,
      "Threads that serve; 0 for one per processor that the process may use. Default 0."),
    duration(
      "drain-notice", \.drainNotice,
      "How long a stopping server says NOT_SERVING, still serving, before it turns clients away. Default 0."),
    duration("drain-timeout", \.drainTimeout, "How long a stopping server lets calls finish. Default 30s."),
    Setting(
      name: "log-level", value: "LEVEL", help: "error, warning, info or debug. Default info."
    ) { configuration, texts in
      guard let level = texts.last.flatMap(LogLevel.init) else { return "error, warning, info or debug" }
      configuration.logLevel = level
      return nil
    },
  ]

  private static let tls = [
    text(
      "tls-cert", "FILE", \.tlsCertificate,
      "PEM file of the certificate and its chain: TLS on every TCP listener. Default: plaintext."),
    text("tls-key", "FILE", \.tlsKey, "PEM file of the certificate's key, without a passphrase."),
    text(
      "tls-client-ca", "FILE", \.tlsClientAuthorities,
      "PEM file of the CAs that sign client certificates, or of single client certificates."),
    Setting(
      name: "tls-client-auth", value: "WHEN",
      help: "Client certificates: none, optional or required. Default required with tls-client-ca, else none."
    ) { configuration, texts in
      guard let when = texts.last.flatMap(ClientAuthentication.init) else {
        return "none, optional or required"
      }
      configuration.tlsClientAuthentication = when
      return nil
    },
    count(
      "max-tls-handshakes", \.maxTLSHandshakes, 1...1_000_000,
      "TLS handshakes under way at once; above that the oldest are given up. Default 1000."),
  ]

  private static let database = [
    text(
      "data-dir", "DIR", \.dataDirectory,
      "Folder of the embedded PostgreSQL. Default /var/lib/cairn for root, else ~/.local/share/cairn."),
    text(
      "database-url", "URL", \.databaseURL,
      "An outside PostgreSQL, as postgresql://USER:PASSWORD@HOST:PORT/DATABASE. Default: the embedded one."),
    duration(
      "database-wait", \.databaseWait,
      "How long a start waits for an outside PostgreSQL that takes no connections yet; 0 for none. Default 30s."
    ),
    count("pool-min", \.poolMinimum, 0...10_000, "Database connections kept open. Default 2."),
    count(
      "pool-max", \.poolMaximum, 1...10_000,
      "Most database connections at once; from 4 on, look-ups and upkeep have their own. Each loop wants two. Default 16."
    ),
    duration(
      "pool-acquire-timeout", \.poolAcquireTimeout, "How long a call waits for a connection. Default 2s."),
    duration(
      "pool-idle-timeout", \.poolIdleTimeout,
      "When an unused connection above the minimum is closed. Default 30s."),
    duration(
      "read-statement-timeout", \.readStatementTimeout,
      "Longest time of a statement that reads; 0 for none. Default 30s."),
    duration(
      "write-statement-timeout", \.writeStatementTimeout,
      "Longest time of a statement that writes; 0 for none. Default 30s."),
    duration(
      "lock-timeout", \.lockTimeout, "Longest wait for a lock in the database; 0 for none. Default 1s."),
  ]

  private static let contexts = [
    duration(
      "history-prune-interval", \.historyPruneInterval,
      "How often history that projects no longer keep is pruned, by one server for all. Default 1m."),
    duration(
      "context-retention", \.contextRetention,
      "How long a deleted context can be brought back; then it is purged for good. Default 30d."),
    duration(
      "context-sweep-interval", \.contextSweepInterval,
      "How often expired contexts are deleted and deleted ones purged, by one server for all. Default 10s."),
    count(
      "search-matches", \.searchMatches, 1...1_000_000,
      "Matches, the newest, that a search ranks and counts; beyond it counts are estimates. Default 10000."),
  ]

  private static let limits = [
    bytes(
      "max-receive-message-size", \.maxReceiveMessageSize, "Largest message taken, in bytes. Default 4MiB."),
    bytes(
      "max-send-message-size", \.maxSendMessageSize,
      "Largest message sent, in bytes; stock clients refuse more than 4MiB. Default 64MiB."),
    count(
      "max-concurrent-streams", \.maxConcurrentStreams, 1...1_000_000,
      "Calls that one connection may have open at once. Default 1000."),
    bytes(
      "max-metadata-size", \.maxMetadataSize,
      "Most metadata of a call, in bytes as HTTP/2 counts: names, values and 32 a field. Default 16KiB."),
    bytes(
      "max-connection-receive-buffer", \.maxConnectionReceiveBuffer,
      "Bytes of requests that a connection may have sent before they are read. Default 64MiB."),
    bytes(
      "max-connection-send-buffer", \.maxConnectionSendBuffer,
      "Bytes of answers that the client of a connection may leave unread. Default 64MiB."),
    bytes(
      "max-buffered-bytes", \.maxBufferedBytes,
      "Bytes that all connections together may make the server hold; then calls are refused. Default 1GiB."),
    toggle(
      "compress-answers", \.compressesAnswers,
      "Pack answers with gzip for clients that take it. Requests are taken packed anyway. Default off."),
  ]

  private static let connections = [
    count(
      "max-connections", \.maxConnections, 1...10_000_000,
      "Connections open at once; others are closed as they come. Default 20000."),
    duration(
      "handshake-timeout", \.handshakeTimeout,
      "How long a client may take for the TLS handshake, and then for its SETTINGS. Default 10s."),
    count(
      "flood-burst", \.floodBurst, 1...10_000_000,
      "Resets, pings and other frames without content that a client may send at once. Default 1000."),
    count("flood-rate", \.floodRate, 1...10_000_000, "How many more of them each second. Default 200."),
    duration(
      "keepalive-time", \.keepaliveTime,
      "Silence after which a client is asked whether it is there; 0 for never. Default 2h."),
    duration(
      "keepalive-timeout", \.keepaliveTimeout,
      "Silence after that question which means that the client is gone. Default 20s."),
    duration(
      "min-ping-interval", \.minPingInterval,
      "Least time between two pings of a client; one that asks more often is sent away. Default 5m."),
    toggle(
      "permit-pings-without-calls", \.permitsPingsWithoutCalls,
      "Let clients ping that often while no call is open, not once in 2h. Default off."),
    duration(
      "max-connection-idle", \.maxConnectionIdle,
      "Time without a call after which a connection is ended; 0 for never. Default 0."),
    duration(
      "max-connection-age", \.maxConnectionAge,
      "Age, give or take a tenth, at which a connection is ended once its calls are; 0 for never. Default 0."),
    duration(
      "max-connection-age-grace", \.maxConnectionAgeGrace,
      "Time that the calls of such a connection get; 0 for as long as they need. Default 0."),
  ]
}

extension Setting {
  private typealias Path<Value> = WritableKeyPath<Configuration, Value> & Sendable

  private static func text(_ name: String, _ value: String, _ path: Path<String?>, _ help: String) -> Setting
  {
    Setting(name: name, value: value, help: help) { configuration, texts in
      guard let text = texts.last, !text.isEmpty else { return "a value that is not empty" }
      configuration[keyPath: path] = text
      return nil
    }
  }

  private static func toggle(_ name: String, _ path: Path<Bool>, _ help: String) -> Setting {
    Setting(name: name, value: nil, help: help) { configuration, texts in
      switch texts.last {
      case "true", "1", "": configuration[keyPath: path] = true
      case "false", "0": configuration[keyPath: path] = false
      default: return "true or false"
      }
      return nil
    }
  }

  private static func count(_ name: String, _ path: Path<Int>, _ range: ClosedRange<Int>, _ help: String)
    -> Setting
  {
    Setting(name: name, value: "N", help: help) { configuration, texts in
      guard let number = texts.last.flatMap(Quantity.count), range.contains(number) else {
        return "a whole number from \(range.lowerBound) to \(range.upperBound)"
      }
      configuration[keyPath: path] = number
      return nil
    }
  }

  private static func duration(_ name: String, _ path: Path<Duration>, _ help: String) -> Setting {
    Setting(name: name, value: "TIME", help: help) { configuration, texts in
      guard let duration = texts.last.flatMap(Quantity.duration) else {
        return "a time with its unit (ms, s, m, h, d) such as 30s"
      }
      configuration[keyPath: path] = duration
      return nil
    }
  }

  private static func bytes(_ name: String, _ path: Path<Int>, _ help: String) -> Setting {
    Setting(name: name, value: "SIZE", help: help) { configuration, texts in
      // A gRPC message's length has 32 bits.
      guard let size = texts.last.flatMap(Quantity.bytes), (1...Int(UInt32.max)).contains(size) else {
        return "a size from 1 to 4294967295 bytes such as 4MiB"
      }
      configuration[keyPath: path] = size
      return nil
    }
  }
}
