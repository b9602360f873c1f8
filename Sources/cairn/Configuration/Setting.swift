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

  static let all: [Setting] = general + tls + database + contexts + sessions + limits + connections

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
      "hide-channelz", sets: \.hidesChannelz,
      help: "Do not serve grpc.channelz.v1, which tells clients of each other's connections. Default off."),
    toggle(
      "insecure", sets: \.insecure,
      help: "Allow plaintext on addresses that other machines can reach. Default off."),
    count(
      "loops", sets: \.loops, in: 0...1024,
      help: "Threads that serve; 0 for one per processor that the process may use. Default 0."),
    duration(
      "drain-notice", sets: \.drainNotice,
      help:
        "How long a stopping server says NOT_SERVING, still serving, before it turns clients away. Default 0."
    ),
    duration(
      "drain-timeout", sets: \.drainTimeout,
      help: "How long a stopping server lets calls finish. Default 30s."),
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
      "tls-cert", value: "FILE", sets: \.tlsCertificate,
      help: "PEM file of the certificate and its chain: TLS on every TCP listener. Default: plaintext."),
    text(
      "tls-key", value: "FILE", sets: \.tlsKey,
      help: "PEM file of the certificate's key, without a passphrase."),
    text(
      "tls-client-ca", value: "FILE", sets: \.tlsClientAuthorities,
      help: "PEM file of the CAs that sign client certificates, or of single client certificates."),
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
      "max-tls-handshakes", sets: \.maxTLSHandshakes, in: 1...1_000_000,
      help: "TLS handshakes under way at once; above that the oldest are given up. Default 1000."),
  ]

  private static let database = [
    text(
      "data-dir", value: "DIR", sets: \.dataDirectory,
      help: "Folder of the embedded PostgreSQL. Default /var/lib/cairn for root, else ~/.local/share/cairn."),
    text(
      "database-url", value: "URL", sets: \.databaseURL,
      help:
        "An outside PostgreSQL, as postgresql://USER:PASSWORD@HOST:PORT/DATABASE. Default: the embedded one."),
    duration(
      "database-wait", sets: \.databaseWait,
      help:
        "How long a start waits for an outside PostgreSQL that takes no connections yet; 0 for none. Default 30s."
    ),
    count(
      "pool-min", sets: \.poolMinimum, in: 0...10_000, help: "Database connections kept open. Default 2."),
    count(
      "pool-max", sets: \.poolMaximum, in: 1...10_000,
      help:
        "Most database connections at once; from 4 on, look-ups and upkeep have their own. Each loop wants two. Default 16."
    ),
    duration(
      "pool-acquire-timeout", sets: \.poolAcquireTimeout,
      help: "How long a call waits for a connection. Default 2s."),
    duration(
      "pool-idle-timeout", sets: \.poolIdleTimeout,
      help: "When an unused connection above the minimum is closed. Default 30s."),
    duration(
      "read-statement-timeout", sets: \.readStatementTimeout,
      help: "Longest time of a statement that reads; 0 for none. Default 30s."),
    duration(
      "write-statement-timeout", sets: \.writeStatementTimeout,
      help: "Longest time of a statement that writes; 0 for none. Default 30s."),
    duration(
      "lock-timeout", sets: \.lockTimeout,
      help: "Longest wait for a lock in the database; 0 for none. Default 1s."),
  ]

  private static let contexts = [
    duration(
      "history-prune-interval", sets: \.historyPruneInterval,
      help: "How often history that projects no longer keep is pruned, by one server for all. Default 1m."),
    duration(
      "context-retention", sets: \.contextRetention,
      help: "How long a deleted context can be brought back; then it is purged for good. Default 30d."),
    duration(
      "context-sweep-interval", sets: \.contextSweepInterval,
      help:
        "How often expired contexts are deleted and deleted ones purged, by one server for all. Default 10s."),
    count(
      "search-matches", sets: \.searchMatches, in: 1...1_000_000,
      help:
        "Matches, the newest, that a search ranks and counts; beyond it counts are estimates. Default 10000."),
  ]

  private static let sessions = [
    duration(
      "session-ttl", sets: \.sessionTTL,
      help:
        "How long a session lives after its last event, unless its creator says it; 0 for ever. Default 1h."),
    duration(
      "session-grace", sets: \.sessionGrace,
      help: "How long a session lives on when its last agent has left, at most. Default 5m."),
    count(
      "session-max-events", sets: \.sessionMaxEvents, in: 1...1_000_000_000,
      help: "Events that a session may have, unless its creator says it. Default 1000000."),
    duration(
      "session-sweep-interval", sets: \.sessionSweepInterval,
      help: "How often sessions that have expired are ended, by one server for all. Default 10s."),
    duration(
      "session-rollup-interval", sets: \.sessionRollupInterval,
      help: "How often what was appended to sessions is summed up, by one server for all. Default 10s."),
    duration(
      "session-figures-retention", sets: \.sessionFiguresRetention,
      help:
        "How long figures are kept of sessions that ended and of times that passed; 0 for ever. Default 90d."),
  ]

  private static let limits = [
    bytes(
      "max-receive-message-size", sets: \.maxReceiveMessageSize,
      help: "Largest message taken, in bytes. Default 4MiB."),
    bytes(
      "max-send-message-size", sets: \.maxSendMessageSize,
      help: "Largest message sent, in bytes; stock clients refuse more than 4MiB. Default 64MiB."),
    count(
      "max-concurrent-streams", sets: \.maxConcurrentStreams, in: 1...1_000_000,
      help: "Calls that one connection may have open at once. Default 1000."),
    bytes(
      "max-metadata-size", sets: \.maxMetadataSize,
      help: "Most metadata of a call, in bytes as HTTP/2 counts: names, values and 32 a field. Default 16KiB."
    ),
    bytes(
      "max-connection-receive-buffer", sets: \.maxConnectionReceiveBuffer,
      help: "Bytes of requests that a connection may have sent before they are read. Default 64MiB."),
    bytes(
      "max-connection-send-buffer", sets: \.maxConnectionSendBuffer,
      help: "Bytes of answers that the client of a connection may leave unread. Default 64MiB."),
    bytes(
      "max-buffered-bytes", sets: \.maxBufferedBytes,
      help:
        "Bytes that all connections together may make the server hold; then calls are refused. Default 1GiB."),
    toggle(
      "compress-answers", sets: \.compressesAnswers,
      help: "Pack answers with gzip for clients that take it. Requests are taken packed anyway. Default off."),
  ]

  private static let connections = [
    count(
      "max-connections", sets: \.maxConnections, in: 1...10_000_000,
      help: "Connections open at once; others are closed as they come. Default 20000."),
    duration(
      "handshake-timeout", sets: \.handshakeTimeout,
      help: "How long a client may take for the TLS handshake, and then for its SETTINGS. Default 10s."),
    count(
      "flood-burst", sets: \.floodBurst, in: 1...10_000_000,
      help: "Resets, pings and other frames without content that a client may send at once. Default 1000."),
    count(
      "flood-rate", sets: \.floodRate, in: 1...10_000_000,
      help: "How many more of them each second. Default 200."),
    duration(
      "keepalive-time", sets: \.keepaliveTime,
      help: "Silence after which a client is asked whether it is there; 0 for never. Default 2h."),
    duration(
      "keepalive-timeout", sets: \.keepaliveTimeout,
      help: "Silence after that question which means that the client is gone. Default 20s."),
    duration(
      "min-ping-interval", sets: \.minPingInterval,
      help: "Least time between two pings of a client; one that asks more often is sent away. Default 5m."),
    toggle(
      "permit-pings-without-calls", sets: \.permitsPingsWithoutCalls,
      help: "Let clients ping that often while no call is open, not once in 2h. Default off."),
    duration(
      "max-connection-idle", sets: \.maxConnectionIdle,
      help: "Time without a call after which a connection is ended; 0 for never. Default 0."),
    duration(
      "max-connection-age", sets: \.maxConnectionAge,
      help:
        "Age, give or take a tenth, at which a connection is ended once its calls are; 0 for never. Default 0."
    ),
    duration(
      "max-connection-age-grace", sets: \.maxConnectionAgeGrace,
      help: "Time that the calls of such a connection get; 0 for as long as they need. Default 0."),
  ]
}

extension Setting {
  private typealias Path<Value> = WritableKeyPath<Configuration, Value> & Sendable

  private static func text(_ name: String, value: String, sets path: Path<String?>, help: String) -> Setting {
    Setting(name: name, value: value, help: help) { configuration, texts in
      guard let text = texts.last, !text.isEmpty else { return "a value that is not empty" }
      configuration[keyPath: path] = text
      return nil
    }
  }

  private static func toggle(_ name: String, sets path: Path<Bool>, help: String) -> Setting {
    Setting(name: name, value: nil, help: help) { configuration, texts in
      switch texts.last {
      case "true", "1", "": configuration[keyPath: path] = true
      case "false", "0": configuration[keyPath: path] = false
      default: return "true or false"
      }
      return nil
    }
  }

  private static func count(_ name: String, sets path: Path<Int>, in range: ClosedRange<Int>, help: String)
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

  private static func duration(_ name: String, sets path: Path<Duration>, help: String) -> Setting {
    Setting(name: name, value: "TIME", help: help) { configuration, texts in
      guard let duration = texts.last.flatMap(Quantity.duration) else {
        return "a time with its unit (ms, s, m, h, d) such as 30s"
      }
      configuration[keyPath: path] = duration
      return nil
    }
  }

  private static func bytes(_ name: String, sets path: Path<Int>, help: String) -> Setting {
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
