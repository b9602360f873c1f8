/// What a descriptor is watched for, or is ready for.
package struct DescriptorEvents: OptionSet, Sendable {
  package let rawValue: UInt32
  package init(rawValue: UInt32) { self.rawValue = rawValue }

  /// Bytes to read, a connection to accept, or the end of the stream.
  package static let read = DescriptorEvents(rawValue: 0x001)
  /// Room to write, or a connect that has ended.
  package static let write = DescriptorEvents(rawValue: 0x004)
  /// An error or hang-up; reported always, never asked for.
  package static let failed = DescriptorEvents(rawValue: 0x018)
}
