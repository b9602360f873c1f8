import CairnAPI

extension Highlight {
  /// From the text of `ts_headline` in which U+E000 and U+E001 stand around what matches, and U+E002 between
  /// passages.
  ///
  /// Goes by bytes: to find where characters end would take longer than the rest of a search's answer.
  init(marked text: String) {
    self.init()
    var text = text
    passages = text.withUTF8 { bytes in
      var passages: [Highlight.Passage] = []
      var passage = Highlight.Passage()
      var start = 0
      var isMatch = false
      func endPart(at end: Int) {
        guard end > start else { return }
        var part = Highlight.Part()
        part.text = String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<end]), as: UTF8.self)
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
