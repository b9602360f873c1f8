/// Cuts a stream of bytes into messages that each stand behind their length as a varint. Pure.
struct RecordCutter {
  /// A longer message is no record of ours: the file is something else, or damaged.
  static let longest = 64 << 20

  private var buffer: [UInt8] = []
  private var start = 0

  /// Whether a message has begun that did not end.
  var isMidRecord: Bool { start < buffer.count }

  /// The messages that end in these bytes; nil when the bytes cannot be of such a file.
  mutating func feed(_ bytes: [UInt8]) -> [[UInt8]]? {
    if start > 0 {
      buffer.removeFirst(start)
      start = 0
    }
    buffer += bytes
    var messages: [[UInt8]] = []
    while true {
      switch length() {
      case .needsMore: return messages
      case .wrong: return nil
      case .known(let length, let prefix):
        guard buffer.count - start - prefix >= length else { return messages }
        let begin = start + prefix
        messages.append(Array(buffer[begin..<begin + length]))
        start = begin + length
      }
    }
  }

  private enum Length {
    case known(Int, prefix: Int)
    case needsMore, wrong
  }

  private func length() -> Length {
    var value = 0
    for (place, byte) in buffer[start...].prefix(5).enumerated() {
      value |= Int(byte & 0x7f) << (7 * place)
      if byte < 0x80 { return value <= Self.longest ? .known(value, prefix: place + 1) : .wrong }
    }
    return buffer.count - start >= 5 ? .wrong : .needsMore
  }

  /// A message behind its length.
  static func framed(_ message: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    var length = message.count
    while length >= 0x80 {
      bytes.append(UInt8(length & 0x7f) | 0x80)
      length >>= 7
    }
    bytes.append(UInt8(length))
    return bytes + message
  }
}
