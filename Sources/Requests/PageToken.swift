import Journal
import Postgres
import Wire

/// Where a list goes on, and which list: opaque to clients.
///
/// Holds the sort key of the last row delivered, so pages stay right under inserts, and a fingerprint of the
/// query, so that a token is good for its own list only. The checksum finds damage; it is no secret, because
/// a forged token gives nothing that its forger could not ask for plainly.
package struct PageToken: Equatable {
  /// Sort key of the last row: microseconds since 1970 where the order is by time, else 0.
  package let time: Int64
  /// The last row's id.
  package let id: String

  /// The moment that all pages are of; nil where each is of its own present.
  package let moment: Moment?

  /// Numbers of the layout below, without and with a moment.
  private static let plain: UInt8 = 1
  private static let pinned: UInt8 = 2

  /// The token's text: layout, fingerprint, time, the moment's position and time, id, checksum, in URL-safe
  /// Base64.
  package func text(for query: Fingerprint) -> String {
    var bytes: [UInt8] = [moment == nil ? Self.plain : Self.pinned]
    bytes.append(bigEndian: query.value)
    bytes.append(bigEndian: UInt64(bitPattern: time))
    if let moment {
      bytes.append(bigEndian: UInt64(bitPattern: moment.position))
      bytes.append(bigEndian: UInt64(bitPattern: moment.time.microseconds))
    }
    bytes += Array(id.utf8)
    bytes.append(bigEndian: Fingerprint(bytes).value)
    return Base64.encode(bytes).urlSafe
  }

  package init(time: Int64, id: String, moment: Moment? = nil) {
    self.time = time
    self.id = id
    self.moment = moment
  }

  /// Reads a token of `query`; nil when it is damaged, or of another query.
  package init?(_ text: String, for query: Fingerprint) {
    guard let bytes = Base64.decode(text.utf8), bytes.count > 25 else { return nil }
    let isPinned = bytes[0] == Self.pinned
    let body = bytes.dropLast(8)
    let idStart = isPinned ? 33 : 17
    guard isPinned || bytes[0] == Self.plain, body.count > idStart,
      UInt64(bigEndian: bytes[body.endIndex...]) == Fingerprint(Array(body)).value,
      UInt64(bigEndian: bytes[1..<9]) == query.value,
      let id = String(validating: body[idStart...], as: UTF8.self)
    else { return nil }
    time = Int64(bitPattern: UInt64(bigEndian: bytes[9..<17]))
    self.id = id
    moment =
      isPinned
      ? Moment(
        position: Int64(bitPattern: UInt64(bigEndian: bytes[17..<25])),
        time: PostgresTimestamp(microseconds: Int64(bitPattern: UInt64(bigEndian: bytes[25..<33])))) : nil
  }
}

/// A hash of bytes that is the same in every process: FNV-1a, 64 bits.
package struct Fingerprint: Equatable {
  package private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

  package init(_ bytes: [UInt8]) { combine(bytes) }

  package init() {}

  package init(parts: [String]) {
    for part in parts { combine(part: part) }
  }

  package mutating func combine(_ bytes: [UInt8]) {
    for byte in bytes { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }
  }

  /// Adds a part whose length counts, so that neighbours cannot be confused.
  package mutating func combine(part text: String) {
    combine(Array(text.utf8))
    combine([0xff])
  }
}

extension [UInt8] {
  fileprivate mutating func append(bigEndian value: UInt64) {
    for shift in stride(from: 56, through: 0, by: -8) {
      append(UInt8(truncatingIfNeeded: value >> UInt64(shift)))
    }
  }
}

extension UInt64 {
  fileprivate init(bigEndian bytes: some Collection<UInt8>) {
    self = bytes.reduce(0) { $0 << 8 | UInt64($1) }
  }
}

extension String {
  /// Base64 in the alphabet for URLs, without padding (RFC 4648 §5): nothing that a shell or a URL would
  /// touch.
  fileprivate var urlSafe: String {
    String(
      decoding: utf8.filter { $0 != UInt8(ascii: "=") }.map {
        switch $0 {
        case UInt8(ascii: "+"): UInt8(ascii: "-")
        case UInt8(ascii: "/"): UInt8(ascii: "_")
        default: $0
        }
      }, as: UTF8.self)
  }
}
