import Postgres
import Synchronization

/// Errors of the database that callers must not see: they may tell of other people's data and of the inside of the
/// server. The caller is given a number, under which the log has the rest.
package enum DatabaseFaults {
  private static let receiver = Mutex<(@Sendable (String) -> Void)?>(nil)

  /// Lines for the log go to `receiver`, from any thread. One for the process.
  package static func report(to receiver: @escaping @Sendable (String) -> Void) {
    self.receiver.withLock { $0 = receiver }
  }

  /// Reports an error and returns the number to name it by.
  static func report(_ error: PostgresError) -> String {
    let digits = String(UInt32.random(in: 0...UInt32.max), radix: 16)
    let number = String(repeating: "0", count: 8 - digits.count) + digits
    receiver.withLock { $0 }?("database error \(number): \(error)")
    return number
  }
}
