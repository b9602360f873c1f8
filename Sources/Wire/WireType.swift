/// The low three bits of a tag: how the value that follows is laid out.
public enum WireType: UInt32, Sendable {
  case varint = 0
  case fixed64 = 1
  case bytes = 2
  case startGroup = 3
  case endGroup = 4
  case fixed32 = 5

  /// The tag of field `number` with this wire type.
  @inlinable @inline(__always) package func tag(_ number: UInt32) -> UInt32 { number << 3 | rawValue }
}
