extension Command {
  static let serve = Command(
    syntax: CommandSyntax(
      name: "serve", summary: "run a server",
      discussion: """
        Without --database-url the server starts a PostgreSQL of its own and keeps it in --data-dir.

        Each setting is taken from the first place that has it: an option below, the environment (--pool-max is \
        CAIRN_POOL_MAX), the file that --config or CAIRN_CONFIG names (pool-max = 16; texts in double quotes), the \
        default. SIGTERM and SIGINT stop the server: calls in flight are finished first, unless the signal comes \
        again.

        With --tls-cert and --tls-key every TCP listener speaks TLS 1.2 or later. The files are read again when \
        they change and on SIGHUP; files that are no good leave the old certificate in use. A unix socket is in \
        plaintext, and its file lets the owner and the group connect (mode 0660).
        """,
      options: Setting.all.map(\.option) + [Configuration.fileOption],
      examples: [
        "cairn serve", "cairn serve --listen 127.0.0.1:9000 --data-dir ./data",
        "cairn serve --database-url postgresql://cairn@db.example/cairn --config /etc/cairn.conf",
      ])
  ) { arguments, context throws(CommandError) in
    try await cairn.serve(try Configuration.load(arguments, in: context), on: context.loop)
  }

  static let migrateUp = migrate("up", summary: "bring the database's tables to this version", action: .up)
  static let migrateStatus = migrate(
    "status", summary: "show which migrations the database has", action: .status)

  private static func migrate(_ name: String, summary: String, action: MigrateAction) -> Command {
    let names: Set = ["data-dir", "database-url", "log-level"]
    let settings = Setting.all.filter { names.contains($0.name) }
    return Command(
      syntax: CommandSyntax(
        name: "migrate \(name)", summary: summary,
        discussion: "`cairn serve` migrates by itself; this is for doing it apart.",
        options: settings.map(\.option) + [Configuration.fileOption],
        examples: ["cairn migrate \(name) --database-url postgresql://cairn@db.example/cairn"])
    ) { arguments, context throws(CommandError) in
      try await cairn.migrate(
        action, configuration: try Configuration.load(arguments, in: context), on: context.loop)
    }
  }
}

extension Configuration {
  static func load(_ arguments: Arguments, in context: CommandContext) throws(CommandError) -> Configuration {
    do throws(ConfigurationError) {
      return try load(arguments, environment: context.environment) { path in
        do throws(InputError) {
          return .success(try TextFile.text(path))
        } catch {
          return .failure(ConfigurationError(problems: [error.description]))
        }
      }
    } catch {
      throw CommandError(error)
    }
  }
}
