/// A Swift value that travels in PostgreSQL's binary format.
package protocol PostgresValue: Sendable {
  /// The type a parameter is declared with; the statement casts where it needs another.
  static var postgresType: PostgresType { get }

  /// Whether a column of `type` decodes as this.
  static func decodes(_ type: PostgresType) -> Bool

  /// Whether the value is sent as NULL.
  var isNull: Bool { get }

  /// Writes the value without its length. Not called for NULL.
  func encode(into buffer: ParameterBuffer) throws(PostgresError)

  /// Reads a value that is not NULL.
  init(decoding bytes: UnsafeRawBufferPointer) throws(PostgresError)

  /// What NULL decodes as; throws for types that have no such value.
  static func decodeNull() throws(PostgresError) -> Self
}

extension PostgresValue {
  package static func decodes(_ type: PostgresType) -> Bool { type == postgresType }

  package var isNull: Bool { false }

  package static func decodeNull() throws(PostgresError) -> Self {
    throw PostgresError(.invalidResult, "NULL does not decode as \(Self.self); ask for \(Self.self)?")
  }

  /// The error for a value whose bytes have a form that `Self` does not know.
  static func malformed(_ bytes: UnsafeRawBufferPointer) -> PostgresError {
    PostgresError(.invalidResult, "\(bytes.count) bytes do not decode as \(Self.self)")
  }
}

extension Optional: PostgresValue where Wrapped: PostgresValue {
  package static var postgresType: PostgresType { Wrapped.postgresType }

  package static func decodes(_ type: PostgresType) -> Bool { Wrapped.decodes(type) }

  package var isNull: Bool {
    if case .none = self { true } else { false }
  }

  package func encode(into buffer: ParameterBuffer) throws(PostgresError) {
    try self?.encode(into: buffer)
  }

  package init(decoding bytes: UnsafeRawBufferPointer) throws(PostgresError) {
    self = try Wrapped(decoding: bytes)
  }

  package static func decodeNull() throws(PostgresError) -> Self { nil }
}
