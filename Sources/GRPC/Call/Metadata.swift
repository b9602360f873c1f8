import HTTP2
import Wire

/// The key-value pairs that travel beside a call's messages, in order; a key may occur more than once.
///
/// Keys are lower-case. Values under keys that end in `-bin` are bytes, which travel as base64;
/// others are printable ASCII. Source: gRPC over HTTP/2, "Custom-Metadata".
///
/// What ``MetadataRules`` refuses is not taken and leaves a ``problem``: a call that is given such metadata fails with
/// it, and neither its head nor its status is ever another one than the protocol's own.
package struct Metadata: Sendable, Hashable {
  package private(set) var fields: HeaderBlock
  /// Why the first key or value that was refused cannot be sent: INVALID_ARGUMENT / CALL_METADATA_INVALID.
  package private(set) var problem: RPCError?

  package init() { fields = HeaderBlock() }
  /// Fields as a peer sent them.
  init(_ fields: HeaderBlock) { self.fields = fields }
  package init(_ key: String, bytes: [UInt8]) {
    self.init()
    append(key, bytes: bytes)
  }

  package var isEmpty: Bool { fields.isEmpty }

  /// The first value under `key`, which must be lower-case.
  package subscript(key: String) -> String? { fields.first(key) }

  /// The first value under `key`, a `-bin` key, decoded; nil when there is none or it is not base64.
  package subscript(bytes key: String) -> [UInt8]? {
    // What one field says is one value or several, with commas between them.
    fields.first(key)?.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).first
      .flatMap { Base64.decode($0) }
  }

  /// All values under `key`, which must be lower-case, in order.
  package func values(_ key: String) -> [String] {
    var values: [String] = []
    fields.visit { name, value in
      if name.elementsEqual(key.utf8) { values.append(String(decoding: value, as: UTF8.self)) }
      return true
    }
    return values
  }

  /// All values under `key`, a `-bin` key, decoded, in order; nil when one of them is not base64.
  package func values(bytes key: String) -> [[UInt8]]? {
    var values: [[UInt8]] = []
    for text in self.values(key) {
      for part in text.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
        guard let bytes = Base64.decode(part) else { return nil }
        values.append(bytes)
      }
    }
    return values
  }

  /// Adds text under a key that does not end in `-bin`.
  package mutating func append(_ key: String, _ value: String) {
    let key = key.lowercased()
    if let why = MetadataRules.objection(to: key, text: value) { return refuse(key, because: why) }
    fields.append(key, value)
  }

  /// Adds bytes under a key that ends in `-bin`.
  package mutating func append(_ key: String, bytes: [UInt8]) {
    let key = key.lowercased()
    if let why = MetadataRules.objection(toBytesUnder: key) { return refuse(key, because: why) }
    fields.append(key, Base64.unpadded(bytes))
  }

  /// Adds a field that belongs to the protocol itself.
  mutating func append(reserved key: String, _ value: String) { fields.append(key, value) }

  /// Adds what a handler sets, which fails with INTERNAL when it cannot be sent.
  mutating func add(_ other: Metadata) throws(RPCError) {
    if var problem = other.problem {
      problem.code = .internal
      throw problem
    }
    other.fields.visit { name, value in
      fields.append(name: name, value: value)
      return true
    }
  }

  private mutating func refuse(_ key: String, because why: String) {
    problem = problem ?? .badMetadata(key, because: why)
  }

  package func visit(_ body: (String, String) -> Void) {
    fields.visit { name, value in
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
