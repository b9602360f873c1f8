import Operations
import Testing

@testable import cairn

@Suite("Configuration: what the parts of a server are given")
struct ConfigurationPartsTests {
  /// Each field of what GRPC, Postgres and Contexts are given, as text.
  private func parts(_ words: [String]) throws -> [String: String] {
    guard case .arguments(let arguments) = try Command.serve.syntax.parse(words) else {
      throw UsageError("help was asked for")
    }
    let configuration = try Configuration.load(arguments, environment: [:]) {
      .failure(ConfigurationError(problems: [$0]))
    }
    let log = Log(level: .error)
    let database = Database(url: "", ownerURL: "", role: nil, cluster: nil)
    let all: [(String, Any)] = [
      ("server", configuration.server(log)), ("http2", configuration.server(log).http2),
      ("pool", configuration.pool(for: database, log)),
      ("contexts", configuration.contexts(log)), ("sessions", configuration.sessions(log)),
      ("journal", (pruneInterval: configuration.journal.pruneInterval, 0)),
      ("tls", configuration.tlsFiles as Any), ("loops", (count: configuration.loopCount, 0)),
    ]
    var parts: [String: String] = [:]
    for (name, part) in all {
      for child in Mirror(reflecting: part).children where child.label != "http2" {
        let text = String(describing: child.value)
        if !text.contains("(Function)") { parts["\(name).\(child.label ?? "")"] = text }
      }
    }
    return parts
  }

  /// What each setting changes, and what becomes of it.
  private static let table: [(setting: String, value: String, field: String, given: String)] = [
    ("loops", "3", "loops.count", "3"),
    ("max-receive-message-size", "1MiB", "server.maxReceiveMessageSize", "1048576"),
    ("max-send-message-size", "2MiB", "server.maxSendMessageSize", "2097152"),
    ("max-concurrent-streams", "7", "http2.maxConcurrentStreams", "7"),
    ("max-metadata-size", "8KiB", "server.maxMetadataSize", "8192"),
    ("max-connection-receive-buffer", "3MiB", "http2.maxReceivedBytes", "3145728"),
    ("max-connection-send-buffer", "5MiB", "http2.maxQueuedBytes", "5242880"),
    ("max-buffered-bytes", "6MiB", "server.maxBufferedBytes", "6291456"),
    ("compress-answers", "true", "server.compression", "gzip"),
    ("handshake-timeout", "8s", "server.handshakeTimeout", "8.0 seconds"),
    ("max-connections", "17", "server.maxConnections", "17"),
    ("flood-burst", "18", "http2.floodBurst", "18"),
    ("flood-rate", "19", "http2.floodRate", "19"),
    ("max-tls-handshakes", "9", "server.maxTLSHandshakes", "9"),
    ("keepalive-time", "0", "http2.keepaliveTime", "nil"),
    ("keepalive-timeout", "8s", "http2.keepaliveTimeout", "8.0 seconds"),
    ("min-ping-interval", "9s", "http2.minPingInterval", "9.0 seconds"),
    ("permit-pings-without-calls", "true", "http2.permitsPingsWithoutStreams", "true"),
    ("max-connection-idle", "10s", "http2.maxConnectionIdle", "Optional(10.0 seconds)"),
    ("max-connection-age", "11s", "http2.maxConnectionAge", "Optional(11.0 seconds)"),
    ("max-connection-age-grace", "12s", "http2.maxConnectionAgeGrace", "Optional(12.0 seconds)"),
    ("pool-min", "1", "pool.minimumConnections", "1"),
    ("pool-max", "9", "pool.maximumConnections", "9"),
    ("pool-acquire-timeout", "3s", "pool.acquireTimeout", "3.0 seconds"),
    ("pool-idle-timeout", "4s", "pool.idleTimeout", "4.0 seconds"),
    ("read-statement-timeout", "5s", "pool.readTimeout", "5.0 seconds"),
    ("write-statement-timeout", "6s", "pool.writeTimeout", "6.0 seconds"),
    ("lock-timeout", "7s", "pool.lockTimeout", "7.0 seconds"),
    ("history-prune-interval", "16s", "journal.pruneInterval", "16.0 seconds"),
    ("context-retention", "14d", "contexts.retention", "1209600.0 seconds"),
    ("context-sweep-interval", "13s", "contexts.sweepInterval", "13.0 seconds"),
    ("search-matches", "15", "contexts.consideredMatches", "15"),
    ("session-ttl", "20m", "sessions.ttl", "1200.0 seconds"),
    ("session-grace", "0", "sessions.grace", "0.0 seconds"),
    ("session-max-events", "21", "sessions.maxEvents", "21"),
    ("session-sweep-interval", "22s", "sessions.sweepInterval", "22.0 seconds"),
    ("session-rollup-interval", "24s", "sessions.rollupInterval", "24.0 seconds"),
    ("session-figures-retention", "3d", "sessions.figuresRetention", "259200.0 seconds"),
  ]

  /// What `serve` itself, and not a part, does something with.
  private static let ofTheServer: Set = [
    "listen", "insecure", "drain-timeout", "drain-notice", "hide-channelz", "log-level", "data-dir",
    "database-url", "database-wait", "tls-cert", "tls-key", "tls-client-ca", "tls-client-auth",
  ]

  @Test("every setting changes what a part is given, and that alone")
  func everySetting() throws {
    let defaults = try parts([])
    for (setting, value, field, given) in Self.table {
      let isSwitch = try #require(Setting.all.first { $0.name == setting }).value == nil
      let changed = try parts(isSwitch ? ["--\(setting)"] : ["--\(setting)", value])
      #expect(defaults[field] != given, "\(setting): the value is the default")
      #expect(changed[field] == given, "\(setting)")
      let others = changed.filter { defaults[$0.key] != $0.value }.keys.filter { $0 != field }
      #expect(others.isEmpty, "\(setting) changes \(others), too")
    }
    let known = Set(Self.table.map(\.setting)).union(Self.ofTheServer)
    #expect(Set(Setting.all.map(\.name)) == known, "each is in the table, or the server's own")
  }

  @Test("what help calls the default is the default")
  func defaults() throws {
    for setting in Setting.all where setting.name != "listen" {
      guard let text = setting.help.firstMatch(of: /Default ([0-9][0-9A-Za-z]*)\./)?.1 else { continue }
      let words = ["--\(setting.name)", String(text)]
      guard case .arguments(let arguments) = try Command.serve.syntax.parse(words) else { continue }
      let loaded = try Configuration.load(arguments, environment: [:]) {
        .failure(ConfigurationError(problems: [$0]))
      }
      #expect(loaded == Configuration(), "\(setting.name)")
    }
  }
}
