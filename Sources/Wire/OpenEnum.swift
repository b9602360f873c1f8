/// A protobuf enum: open, so a number that this program does not know stays what it is.
///
/// Generated enums have one case a name and `unrecognized(Int32)` for every other number. Make values
/// through `init(rawValue:)`; `.unrecognized` with a number that has a name would not equal that name.
public protocol OpenEnum: Sendable, Hashable {
  /// The value with this number.
  init(rawValue: Int32)

  /// The number.
  var rawValue: Int32 { get }

  /// Names and numbers.
  static var schema: EnumSchema { get }
}

extension OpenEnum {
  /// The value of a field that is not set.
  @inlinable package init() { self.init(rawValue: 0) }
}
