/// Cuts a stream of bytes into the JSON values that follow each other in it, so that a value can be sent
/// before the next one arrives. Pure.
///
/// It only looks for the ends: whether a piece is JSON is for the parser to say.
struct JSONSplitter {
  private enum State {
    case between
    case inside(depth: Int)
    case string(depth: Int)
    case escape(depth: Int)
    case word
  }

  /// A value that is not complete after this many bytes is refused.
  static let sizeLimit = 64 << 20

  private var state = State.between
  private var piece: [UInt8] = []

  /// Whether the pieces so far were too large to go on.
  private(set) var isOverLimit = false

  /// Takes further bytes and answers the values that end in them.
  mutating func feed(_ bytes: some Sequence<UInt8>) -> [[UInt8]] {
    var complete: [[UInt8]] = []
    for byte in bytes {
      if step(byte) {
        complete.append(piece)
        piece = []
      }
    }
    if piece.count > Self.sizeLimit { isOverLimit = true }
    return complete
  }

  /// What is left at the end of the stream; nil when nothing is.
  mutating func finish() -> [UInt8]? {
    defer { piece = [] }
    return piece.isEmpty ? nil : piece
  }

  /// Answers whether the piece ends with this byte.
  private mutating func step(_ byte: UInt8) -> Bool {
    switch state {
    case .between:
      if Self.isSpace(byte) { return false }
      piece.append(byte)
      begin(byte)
      return false
    case .inside(let depth):
      piece.append(byte)
      switch byte {
      case UInt8(ascii: "{"), UInt8(ascii: "["): state = .inside(depth: depth + 1)
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        state = depth == 1 ? .between : .inside(depth: depth - 1)
        return depth == 1
      case UInt8(ascii: "\""): state = .string(depth: depth)
      default: break
      }
      return false
    case .string(let depth):
      piece.append(byte)
      if byte == UInt8(ascii: "\\") { state = .escape(depth: depth) }
      guard byte == UInt8(ascii: "\"") else { return false }
      state = depth == 0 ? .between : .inside(depth: depth)
      return depth == 0
    case .escape(let depth):
      piece.append(byte)
      state = .string(depth: depth)
      return false
    case .word:
      if Self.isSpace(byte) {
        state = .between
        return true
      }
      piece.append(byte)
      return false
    }
  }

  private mutating func begin(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "{"), UInt8(ascii: "["): state = .inside(depth: 1)
    case UInt8(ascii: "\""): state = .string(depth: 0)
    default: state = .word
    }
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
  }
}
