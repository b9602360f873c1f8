/// A protobuf message: a value that can be read from and written to its wire format and ProtoJSON.
///
/// Conformers are generated (or, for the well-known types, written here by the same pattern).
///
/// `==` and `hash(into:)` are those that Swift makes of the fields, so strings that are canonically equivalent are equal to
/// them, whatever their bytes. Keys of maps are told apart by their bytes. Where bytes decide, compare encodings, or texts by
/// `hasSameBytes(as:)`.
public protocol Message: Sendable, Hashable {
  /// Full protobuf name, as in `cairn.v1.Context`.
  static var messageName: String { get }

  /// Fields by number and name: what ProtoJSON needs to know.
  static var schema: MessageSchema { get }

  /// A message with every field unset.
  init()

  /// Reads fields up to the reader's end into this message. Fields that occur again replace (scalars),
  /// append (repeated) or merge (messages), as the protobuf encoding prescribes.
  mutating func merge(from reader: inout WireReader) throws(WireError)

  /// Writes the fields **backwards**, last field first; see ``WireWriter``.
  func encode(into writer: inout WireWriter)

  /// What arrived but has no field here.
  var unknownFields: UnknownFields { get set }
}

extension Message {
  /// A message made in one expression: `Context.with { $0.title = "Plan" }`.
  @inlinable package static func with<E: Error>(_ fill: (inout Self) throws(E) -> Void) throws(E) -> Self {
    var message = Self()
    try fill(&message)
    return message
  }

  /// Decodes one message that takes up all of `bytes`.
  @inlinable package init(decoding bytes: UnsafeRawBufferPointer) throws(WireError) {
    self.init()
    var reader = WireReader(bytes)
    try merge(from: &reader)
  }

  /// Decodes one message that takes up all of `bytes`.
  @inlinable package init(decoding bytes: [UInt8]) throws(WireError) {
    let decoded = bytes.withUnsafeBytes { buffer -> Result<Self, WireError> in
      do throws(WireError) {
        return .success(try Self(decoding: buffer))
      } catch {
        return .failure(error)
      }
    }
    self = try decoded.get()
  }

  /// Decodes one message that takes up all of `bytes`, within an allowance of memory; see
  /// ``WireReader/allowance``, which is lowered by what the message took, also when this throws.
  @inlinable package init(decoding bytes: [UInt8], allowance: inout Int) throws(WireError) {
    self.init()
    try merge(decoding: bytes, allowance: &allowance)
  }

  /// Adds what `bytes` hold to this message, within an allowance as ``init(decoding:allowance:)``.
  @inlinable package mutating func merge(decoding bytes: [UInt8], allowance: inout Int) throws(WireError) {
    // No value of a type that is made of `Self`: its metadata would be looked up in each call.
    let failure = bytes.withUnsafeBytes { buffer -> WireError? in
      var reader = WireReader(buffer, allowance: allowance)
      defer { allowance = reader.allowance }
      do throws(WireError) {
        try merge(from: &reader)
        return nil
      } catch {
        return error
      }
    }
    if let failure { throw failure }
  }

  /// The wire form in a fresh array. On hot paths encode into a reused ``WireWriter`` instead.
  @inlinable package func serializedBytes() -> [UInt8] {
    var writer = WireWriter(capacity: 256)
    encode(into: &writer)
    return [UInt8](writer.bytes)
  }
}
