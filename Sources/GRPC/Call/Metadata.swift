import HTTP2
import Wire

/// The key-value pairs that travel beside a call's messages, in order; a key may occur more than once.
///
/// Keys are lower-case. Values under keys that end in `-bin` are bytes, which travel as base64;
/// others are printable ASCII. Source: gRPC over HTTP/2, "Custom-Metadata".
package struct Metadata: Sendable, Hashable {
  package private(set) var fields: HeaderBlock

  package init() { fields = HeaderBlock() }
  init(_ fields: HeaderBlock) { self.fields = fields }

  package var isEmpty: Bool { fields.isEmpty }

  /// The first value under `key`.
  package subscript(key: String) -> String? { fields.first(key) }

  /// The first value under `key`, a `-bin` key, decoded; nil when there is none or it is not base64.
  package subscript(bytes key: String) -> [UInt8]? {
    fields.first(key).flatMap { Base64.decode($0.utf8) }
  }

  package mutating func append(_ key: String, _ value: String) { fields.append(key.lowercased(), value) }

  package mutating func append(_ key: String, bytes: [UInt8]) {
    fields.append(key.lowercased(), Base64.unpadded(bytes))
  }

  package mutating func append(_ other: Metadata) { other.forEach { fields.append($0, $1) } }

  package func forEach(_ body: (String, String) -> Void) {
    fields.forEach { name, value in
      body(String(decoding: name, as: UTF8.self), String(decoding: value, as: UTF8.self))
      return true
    }
  }
}

extension Base64 {
  /// As metadata has it: without the `=` at the end, which receivers must do without.
  static func unpadded(_ bytes: [UInt8]) -> String {
    var text = encode(bytes)
    while text.last == "=" { text.removeLast() }
    return text
  }
}

extension Metadata: ExpressibleByDictionaryLiteral {
  package init(dictionaryLiteral elements: (String, String)...) {
    self.init()
    for (key, value) in elements { append(key, value) }
  }
}
