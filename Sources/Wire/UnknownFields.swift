/// Fields a message was sent with that this program does not know, kept as they came so that a
/// message which passes through loses nothing. Groups are kept too.
public struct UnknownFields: Hashable, Sendable {
  /// Tags and values, one after the other, in the order of arrival.
  @usableFromInline package var bytes: [UInt8]

  @inlinable package init() { bytes = [] }

  @inlinable package var isEmpty: Bool { bytes.isEmpty }
}
