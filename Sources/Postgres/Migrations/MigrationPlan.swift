/// What the database says was applied, compared with what the program has. Pure.
struct MigrationPlan {
  /// A row of `cairn_migration`.
  struct Record: Equatable {
    let module: String
    let version: Int
    let name: String
    let checksum: [UInt8]
  }

  private(set) var states: [Migrator.Status] = []
  private(set) var pending: [Migration] = []

  init(_ migrations: [Migration], _ records: [Record]) {
    for migration in migrations {
      let record = records.first { $0.module == migration.module && $0.version == migration.version }
      let state: Migrator.Status.State =
        record.map { $0.checksum == Checksum.of(migration.sql) ? .applied : .changed } ?? .pending
      if state == .pending { pending.append(migration) }
      states.append(
        .init(module: migration.module, version: migration.version, name: migration.name, state: state))
    }
    for record in records
    where !migrations.contains(where: { $0.module == record.module && $0.version == record.version }) {
      states.append(
        .init(module: record.module, version: record.version, name: record.name, state: .unknown))
    }
  }

  /// Why nothing may be applied, or nil.
  var refusal: PostgresError? {
    let unknown = states.filter { $0.state == .unknown }
    if !unknown.isEmpty {
      return PostgresError(
        .migration,
        "the database was made by a newer version of Cairn: it has \(Self.list(unknown)), which this "
          + "version does not know. Run the newer version, or restore a backup made before the upgrade.")
    }
    let changed = states.filter { $0.state == .changed }
    if !changed.isEmpty {
      return PostgresError(
        .migration,
        "\(Self.list(changed)) was changed after it had been applied to this database. Put the file "
          + "back as it was and make the change in a new migration.")
    }
    return nil
  }

  private static func list(_ states: [Migrator.Status]) -> String {
    states.map { "\($0.module)/m\(padded($0.version))_\($0.name)" }.joined(separator: ", ")
  }

  private static func padded(_ version: Int) -> String {
    let digits = String(version)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
}
