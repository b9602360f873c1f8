/// A JSON document as text, for `jsonb` columns. PostgreSQL checks that it is valid.
package struct JSONB: Hashable, Sendable, PostgresArrayElement, ExpressibleByStringLiteral {
  package var text: String

  package init(_ text: String) { self.text = text }
  package init(stringLiteral text: String) { self.text = text }

  package static var postgresType: PostgresType { .jsonb }
  package static var postgresArrayType: PostgresType { .jsonbArray }

  /// The binary form is a version byte and the text.
  private static let version: UInt8 = 1

  package func encode(into buffer: ParameterBuffer) throws(PostgresError) {
    buffer.write(Self.version)
    try text.encode(into: buffer)
  }

  package init(decoding bytes: UnsafeRawBufferPointer) throws(PostgresError) {
    guard bytes.first == Self.version else { throw Self.malformed(bytes) }
    text = String(decoding: bytes.dropFirst(), as: UTF8.self)
  }
}
