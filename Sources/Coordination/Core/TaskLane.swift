import Journal
import Postgres
import Wire

/// Tasks of one lane can be given to the same agents, and are held up by the same limits: what one decision covers.
struct TaskLane: Equatable, Sendable {
  let queue: String
  /// As ``Terms`` has them.
  let required: [String]
  let preferred: [String]
  /// Nil for none; then the limit is 1.
  let concurrencyKey: String?
  let concurrencyLimit: Int32

  /// The first 16 bytes of the SHA-256 of it: the column `lane`.
  var key: [UInt8] {
    var bytes: [UInt8] = []
    func add(_ text: String) {
      withUnsafeBytes(of: UInt32(text.utf8.count).bigEndian) { bytes += $0 }
      bytes += text.utf8
    }
    func add(_ texts: [String]) {
      withUnsafeBytes(of: UInt32(texts.count).bigEndian) { bytes += $0 }
      texts.forEach(add)
    }
    add(queue)
    add(required)
    add(preferred)
    add(concurrencyKey.map { [$0, String(concurrencyLimit)] } ?? [])
    return Array(Digest.sha256(bytes).prefix(16))
  }
}
