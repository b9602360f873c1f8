import Glibc

/// Cuts a stream of bytes into blocks of whole lines, so that a server can count them. Pure.
struct LineCutter {
  /// Whole lines, each with its line feed but perhaps the last of a file.
  struct Block: Equatable {
    var bytes: [UInt8]
    var lines: Int64
    /// One line that is too long for a message of lines.
    var isLong = false
    /// The line is too long to be a record: it is left out, and counts as one.
    var isTooLong = false
  }

  /// A longer line has no room in a message.
  static let messageLine = 3_900_000
  /// No record is longer: 1 MiB of content, each byte of which may take six in JSON, and what else a context has.
  static let longestLine = 8 << 20

  private let message: Int
  private let longest: Int
  private var rest: [UInt8] = []
  private var isSkipping = false

  init(message: Int = Self.messageLine, longest: Int = Self.longestLine) {
    self.message = message
    self.longest = longest
  }

  mutating func feed(_ bytes: [UInt8]) -> [Block] {
    guard let end = bytes.lastIndex(of: 0x0A) else {
      rest += bytes
      return skipIfTooLong()
    }
    let whole = rest + bytes[...end]
    rest = Array(bytes[(end + 1)...])
    return blocks(whole) + skipIfTooLong()
  }

  /// What is left at the end of the file.
  mutating func finish() -> [Block] {
    defer { rest = [] }
    return rest.isEmpty && !isSkipping ? [] : blocks(rest)
  }

  /// A line that grows beyond the limit is not kept.
  private mutating func skipIfTooLong() -> [Block] {
    if rest.count > longest {
      rest = []
      isSkipping = true
    }
    return []
  }

  private mutating func blocks(_ whole: [UInt8]) -> [Block] {
    var blocks: [Block] = []
    var lines = whole[...]
    if isSkipping {
      let end = lines.firstIndex(of: 0x0A).map { $0 + 1 } ?? lines.endIndex
      lines = lines[end...]
      isSkipping = false
      blocks.append(Block(bytes: [], lines: 1, isTooLong: true))
    }
    var block = Block(bytes: [], lines: 0)
    while !lines.isEmpty {
      let end = lines.firstIndex(of: 0x0A).map { $0 + 1 } ?? lines.endIndex
      if end - lines.startIndex > min(message, longest) {
        if block.lines > 0 { blocks.append(block) }
        block = Block(bytes: [], lines: 0)
        let isTooLong = end - lines.startIndex > longest
        blocks.append(
          Block(
            bytes: isTooLong ? [] : Array(lines[..<end]), lines: 1, isLong: !isTooLong, isTooLong: isTooLong))
      } else {
        block.bytes += lines[..<end]
        block.lines += 1
      }
      lines = lines[end...]
    }
    if block.lines > 0 { blocks.append(block) }
    return blocks
  }
}
