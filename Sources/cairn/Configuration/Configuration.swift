import HTTP2
import Operations

/// Everything that can be set for a server.
///
/// A setting is taken from the first place that has it: a flag, the environment (`CAIRN_…`), the
/// configuration file, the default. `Setting.all` has their names, units and defaults.
struct Configuration: Equatable, Sendable {
  /// Where to listen: `HOST:PORT`, `[IPV6]:PORT` or `unix:PATH`.
  var listen = ["127.0.0.1:7433"]
  /// Allows plaintext listeners that other machines can reach.
  var insecure = false
  /// Certificate (with its chain) and key of TLS on TCP listeners, PEM files; both or neither.
  var tlsCertificate: String?
  var tlsKey: String?
  /// The CAs that sign client certificates, and single client certificates, a PEM file.
  var tlsClientAuthorities: String?
  /// Nil for what fits: required when there are CAs, none else.
  var tlsClientAuthentication: ClientAuthentication?
  var maxTLSHandshakes = 1000
  /// Folder of the embedded PostgreSQL; nil for the place that fits the user.
  var dataDirectory: String?
  /// An outside PostgreSQL; nil for the embedded one.
  var databaseURL: String?
  /// How long a start waits for an outside PostgreSQL that takes no connections yet; zero for not at all.
  var databaseWait: Duration = .seconds(30)
  /// Event loops, one thread each; 0 for one per processor that the process may use.
  var loops = 0
  var logLevel = LogLevel.info
  /// How long a stopping server says NOT_SERVING before it turns clients away.
  var drainNotice: Duration = .zero
  var hidesChannelz = false
  /// How long a stopping server lets calls finish.
  var drainTimeout: Duration = .seconds(30)

  var poolMinimum = 2
  var poolMaximum = 16
  var poolAcquireTimeout: Duration = .seconds(2)
  var poolIdleTimeout: Duration = .seconds(30)
  var readStatementTimeout: Duration = .seconds(30)
  var writeStatementTimeout: Duration = .seconds(30)
  var lockTimeout: Duration = .seconds(1)

  /// How long deleted contexts can be brought back.
  var contextRetention: Duration = .seconds(30 * 24 * 3600)
  var contextSweepInterval: Duration = .seconds(10)
  var historyPruneInterval: Duration = .seconds(60)
  var searchMatches = 10_000

  /// How long a session lives after its last event, when its creator does not say it; zero for ever.
  var sessionTTL: Duration = .seconds(3600)
  /// How long a session lives on when its last agent has left.
  var sessionGrace: Duration = .seconds(300)
  var sessionMaxEvents = 1_000_000
  var sessionSweepInterval: Duration = .seconds(10)
  var sessionRollupInterval: Duration = .seconds(10)
  /// How long figures of sessions are kept; zero for ever.
  var sessionFiguresRetention: Duration = .seconds(90 * 86_400)

  var maxConnections = 20_000
  var handshakeTimeout: Duration = .seconds(10)
  var floodBurst = 1000
  var floodRate = 200
  var maxReceiveMessageSize = 4 << 20
  var maxSendMessageSize = 64 << 20
  var maxConcurrentStreams = 1000
  var maxMetadataSize = 16 << 10
  var maxConnectionReceiveBuffer = 64 << 20
  var maxConnectionSendBuffer = 64 << 20
  var maxBufferedBytes = 1 << 30
  /// Whether answers are packed with gzip for clients that take it.
  var compressesAnswers = false

  /// Zero is never, here and below.
  var keepaliveTime: Duration = .seconds(2 * 3600)
  var keepaliveTimeout: Duration = .seconds(20)
  var minPingInterval: Duration = .seconds(300)
  var permitsPingsWithoutCalls = false
  var maxConnectionIdle: Duration = .zero
  var maxConnectionAge: Duration = .zero
  var maxConnectionAgeGrace: Duration = .zero
}

/// Everything that is wrong with a configuration, each thing with the place that says it.
struct ConfigurationError: Error, Equatable, CustomStringConvertible {
  let problems: [String]

  var description: String { problems.joined(separator: "\n") }
}
