import CairnAPI

extension Highlight {
  /// From the texts of `context_highlight`.
  init(of texts: [String]) { self.init(marked: texts.first ?? "", written: texts.dropFirst().first) }

  /// From a text in which U+E000 and U+E001 stand around what matches, and U+E002 between passages.
  ///
  /// - Parameter written: The passages, one after the other, as they stand in the context; of the same length in
  ///   bytes as the marked text without its marks. Nil: as they are there.
  ///
  /// Goes by bytes: to find where characters end would take longer than the rest of a search's answer.
  init(marked: String, written: String? = nil) {
    self.init()
    var marked = marked
    passages = marked.withUTF8 { bytes in
      guard var written, written.utf8.count == Self.length(withoutMarks: bytes) else {
        return Self.cut(bytes)
      }
      return written.withUTF8 { Self.cut(bytes, written: $0) }
    }
  }

  /// Cuts a text at its marks. The parts are read from `written` where that is given.
  private static func cut(
    _ bytes: UnsafeBufferPointer<UInt8>, written: UnsafeBufferPointer<UInt8>? = nil
  ) -> [Highlight.Passage] {
    var passages: [Highlight.Passage] = []
    var passage = Highlight.Passage()
    var start = 0
    /// Bytes of marks before `start`.
    var marks = 0
    var isMatch = false
    func endPart(at end: Int) {
      guard end > start else { return }
      var part = Highlight.Part()
      let text = written?[start - marks..<end - marks] ?? bytes[start..<end]
      part.text = String(decoding: UnsafeBufferPointer(rebasing: text), as: UTF8.self)
      part.match = isMatch
      passage.parts.append(part)
    }
    var place = 0
    while place < bytes.count {
      guard let mark = Mark(bytes, at: place) else {
        place += 1
        continue
      }
      endPart(at: place)
      place += Mark.length
      start = place
      marks += Mark.length
      isMatch = mark == .begin
      if mark == .passage {
        if !passage.parts.isEmpty { passages.append(passage) }
        passage = Highlight.Passage()
      }
    }
    endPart(at: bytes.count)
    if !passage.parts.isEmpty { passages.append(passage) }
    return passages
  }

  private static func length(withoutMarks bytes: UnsafeBufferPointer<UInt8>) -> Int {
    var length = bytes.count
    var place = 0
    while place < bytes.count {
      let isMark = Mark(bytes, at: place) != nil
      if isMark { length -= Mark.length }
      place += isMark ? Mark.length : 1
    }
    return length
  }

  /// Bytes of the message, at most.
  var sizeBound: Int {
    passages.reduce(0) { sum, passage in
      passage.parts.reduce(sum + 6) { $0 + $1.text.utf8.count + 14 }
    }
  }
}

/// What stands between the parts of a headline: three bytes each.
private enum Mark: UInt8 {
  case begin = 0x80
  case end = 0x81
  case passage = 0x82

  static let length = 3

  /// The mark that begins at a place, if one does.
  init?(_ bytes: UnsafeBufferPointer<UInt8>, at place: Int) {
    guard bytes[place] == 0xee, place + 2 < bytes.count, bytes[place + 1] == 0x80 else { return nil }
    self.init(rawValue: bytes[place + 2])
  }
}
