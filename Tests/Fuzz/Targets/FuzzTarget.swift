/// A part that reads what strangers send, as a function of bytes. It must return, and keep its promises.
package struct FuzzTarget: Sendable {
  package let name: String
  /// What promise was broken; nil for none.
  package let problem: @Sendable ([UInt8]) -> String?

  /// Every target; the seeds of each are in a folder of its name.
  package static let all = [wire, dynamicMessage, wireJSON, dynamicJSON, deframer, metadata, pageToken]
}
