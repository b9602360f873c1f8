import Dispatch
import Glibc
import Postgres

/// A database of one test, which goes with it.
package final class TestDatabase: Sendable {
  package let url: String
  package let name: String

  /// The cluster that `Tests/with-postgres` started.
  package static let clusterURL: String = {
    guard let url = getenv("CAIRN_TEST_DATABASE_URL") else {
      fatalError("CAIRN_TEST_DATABASE_URL is not set: run Tests/with-postgres swift test …")
    }
    return String(cString: url)
  }()

  package init(_ schema: TestSchema) throws {
    name = Self.newName()
    url = Self.url(of: name)
    let template = try schema.template?.get()
    try BlockingConnection(url: Self.clusterURL).execute(
      "CREATE DATABASE \(name)" + (template.map { " TEMPLATE \($0)" } ?? ""))
  }

  /// Makes one without holding up other tests: their threads are as few as the cores.
  package static func make(_ schema: TestSchema) async throws -> TestDatabase {
    try await offPool { Result { try TestDatabase(schema) } }.get()
  }

  deinit { drop() }

  package func connect() throws -> BlockingConnection { try BlockingConnection(url: url) }

  /// Takes the database away, in the background: it takes a checkpoint.
  package func drop() {
    DispatchQueue.global().async { [name] in
      try? BlockingConnection(url: Self.clusterURL).execute("DROP DATABASE IF EXISTS \(name) WITH (FORCE)")
    }
  }

  static func newName() -> String { "t" + UUID128.makeVersion7().description.filter { $0 != "-" } }

  static func url(of name: String) -> String {
    let parts = clusterURL.split(separator: "?", maxSplits: 1)
    let base = parts[0].split(separator: "/").dropLast().joined(separator: "/")
    return base.replacing("postgresql:/", with: "postgresql://") + "/\(name)?" + parts[1]
  }
}

/// Runs what blocks for long on a thread of its own.
package func offPool<T: Sendable>(_ body: @escaping @Sendable () -> T) async -> T {
  await withUnsafeContinuation { continuation in
    DispatchQueue.global().async { continuation.resume(returning: body()) }
  }
}
