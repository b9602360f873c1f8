import Journal
import Postgres
import Wire

/// The place at which a list goes on (a cursor), and which list it is: opaque to clients.
///
/// Holds the sort key of the last row delivered, so pages stay right under inserts. Sealed together with a
/// fingerprint of the query, so that clients cannot make one, and each is valid for its own list only.
package struct PageToken: Equatable {
  /// Sort key of the last row: microseconds since 1970 where the order is by time, else 0.
  package let time: Int64
  /// The last row's id.
  package let id: String

  /// The moment that all pages are of; nil where each is of its own present.
  package let moment: Moment?

  /// Numbers of the layout below, without and with a moment.
  private static let plain: UInt8 = 3
  private static let pinned: UInt8 = 4

  package init(time: Int64, id: String, moment: Moment? = nil) {
    self.time = time
    self.id = id
    self.moment = moment
  }

  /// The token's text: layout, time, the moment's position and time, id, seal, in URL-safe Base64.
  package func text(for seal: PageSeal) -> String {
    var bytes: [UInt8] = [moment == nil ? Self.plain : Self.pinned]
    bytes.append(bigEndian: UInt64(bitPattern: time))
    if let moment {
      bytes.append(bigEndian: UInt64(bitPattern: moment.position))
      bytes.append(bigEndian: UInt64(bitPattern: moment.time.microseconds))
    }
    bytes += Array(id.utf8)
    return Base64.encode(bytes + seal.code(of: bytes)).urlSafe
  }

  /// Reads a token of a list; nil when it is damaged, or of another list.
  package init?(_ text: String, for seal: PageSeal) {
    guard text.utf8.count <= Limits.pageTokenBytes, let bytes = Base64.decode(text.utf8),
      bytes.count > TokenKey.sealSize
    else { return nil }
    let body = Array(bytes.dropLast(TokenKey.sealSize))
    guard seal.matches(bytes.suffix(TokenKey.sealSize), for: body) else { return nil }
    self.init(unsealed: body)
  }

  /// Reads the sealed bytes; nil when they have none of the layouts.
  package init?(unsealed bytes: [UInt8]) {
    let idStart = bytes.first == Self.pinned ? 25 : 9
    guard bytes.first == Self.pinned || bytes.first == Self.plain, bytes.count > idStart,
      let id = String(validating: bytes[idStart...], as: UTF8.self)
    else { return nil }
    func number(at place: Int) -> Int64 {
      Int64(bitPattern: UInt64(bigEndian: bytes[place..<(place + 8)]))
    }
    time = number(at: 1)
    self.id = id
    moment =
      idStart == 25
      ? Moment(position: number(at: 9), time: PostgresTimestamp(microseconds: number(at: 17))) : nil
  }
}

/// Seals the tokens of one list, under the key of this database.
package struct PageSeal: Sendable {
  private let key: TokenKey
  package let query: Fingerprint

  /// - Parameter query: The fingerprint of every field that must be the same on the next page.
  package init(_ query: Fingerprint, _ key: TokenKey) {
    self.query = query
    self.key = key
  }

  fileprivate func code(of body: [UInt8]) -> [UInt8] { key.seal(message(body)) }

  fileprivate func matches(_ code: some Collection<UInt8>, for body: [UInt8]) -> Bool {
    key.matches(code, for: message(body))
  }

  private func message(_ body: [UInt8]) -> [UInt8] {
    var message: [UInt8] = []
    message.append(bigEndian: query.value)
    return message + body
  }
}

/// A hash of bytes that is the same in every process: FNV-1a, 64 bits.
package struct Fingerprint: Equatable, Sendable {
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
