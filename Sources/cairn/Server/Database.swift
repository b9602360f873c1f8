import Contexts
import Coordination
import EventLoop
import Journal
import Operations
import Postgres
import Sessions

/// The database a command works on: an outside one, or the embedded one of the data folder.
struct Database: Sendable {
  /// Connects as the role that serves.
  let url: String
  /// Connects as the owner of the tables.
  let ownerURL: String
  /// The role that gets rights on the tables; nil when it owns them.
  let role: String?
  let cluster: EmbeddedCluster?

  /// In the order in which modules depend on each other.
  static let migrations =
    JournalMigrations.all + ContextMigrations.all + SessionMigrations.all + CoordinationMigrations.all

  /// Opens it; the embedded one is started when needed, and made unless `mustExist`: then it is only looked at, also
  /// while a server works with it. **Blocks.**
  static func open(
    _ configuration: Configuration, log: Log, mustExist: Bool = false
  ) throws(PostgresError) -> Database {
    if let url = configuration.databaseURL {
      return Database(url: url, ownerURL: url, role: nil, cluster: nil)
    }
    var settings = EmbeddedCluster.Configuration()
    settings.directory = configuration.dataDirectory
    settings.maximumConnections = configuration.poolMaximum + 20
    settings.mustExist = mustExist
    settings.log = { log.info($0) }
    // Only looked at: a server that runs may go on.
    if mustExist, let url = EmbeddedCluster.runningOwnerURL(settings) {
      return Database(url: url, ownerURL: url, role: nil, cluster: nil)
    }
    let cluster = try EmbeddedCluster.start(settings)
    return Database(
      url: cluster.url, ownerURL: cluster.ownerURL, role: EmbeddedCluster.serverRole, cluster: cluster)
  }

  /// Only known of the embedded one; an outside one says so when it is written to.
  var isStorageFull: Bool { cluster.map { $0.isStorageFull || $0.state == .storageFull } ?? false }

  var migrator: Migrator { Migrator(Self.migrations, url: ownerURL, role: role, rights: Self.rights) }

  private static let rights =
    JournalMigrations.rights + ContextMigrations.rights + SessionMigrations.rights
    + CoordinationMigrations.rights

  /// `embedded PostgreSQL 15, data in /var/lib/cairn`, without a password.
  var summary: String {
    guard let cluster else { return "the PostgreSQL of --database-url" }
    return "its own PostgreSQL \(cluster.majorVersion), in \(cluster.directory)"
  }
}

extension CommandError {
  init(_ error: PostgresError) { self.init(["cairn: \(error)"], .failure) }
}
