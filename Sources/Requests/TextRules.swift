import Glibc

extension Violations {
  /// A text of at most `limit` characters without NUL.
  package mutating func text(_ field: String, _ value: String, atMost limit: Int) {
    let bytes = value.utf8.count
    // A code point takes one to four bytes: most texts are decided without counting.
    if bytes > limit, bytes > 4 * limit || value.unicodeScalars.count > limit {
      add(field, "must have at most \(limit) characters")
    } else {
      noNUL(field, value)
    }
  }

  /// A text that PostgreSQL can store: every character but NUL.
  package mutating func noNUL(_ field: String, _ value: String) {
    if value.containsNUL { add(field, "must not contain NUL (U+0000)") }
  }

  /// A text of 1 to `limit` characters, none of them a control character (C0, DEL, C1).
  package mutating func identifier(_ field: String, _ value: String, atMost limit: Int = Limits.idLength) {
    if value.isShortPrintableASCII(atMost: limit) { return }
    if value.isEmpty {
      add(field, "must not be empty")
    } else if value.unicodeScalars.prefix(limit + 1).count > limit {
      add(field, "must have at most \(limit) characters")
    } else if value.unicodeScalars.contains(where: \.isControl) {
      add(field, "must not contain control characters")
    }
  }

  /// An identifier, or nothing.
  package mutating func optionalIdentifier(_ field: String, _ value: String) {
    if !value.isEmpty { identifier(field, value) }
  }

  /// 1 to 1,024 characters, not only white space.
  package mutating func title(_ field: String, _ value: String) {
    if value.isEmpty {
      add(field, "must not be empty")
    } else if value.utf8.count <= 4 * Limits.titleLength,
      value.utf8.first! <= 0x20 || value.utf8.first! >= 0x80,
      value.unicodeScalars.allSatisfy(\.properties.isWhitespace)
    {
      add(field, "must not consist of white space only")
    } else {
      text(field, value, atMost: Limits.titleLength)
    }
  }

  /// Different tags of bounded number and length. Too many are refused without a look at each.
  package mutating func tags(_ field: String, _ tags: [String]) {
    guard tags.count <= Limits.tagCount else {
      return add(field, "must have at most \(Limits.tagCount) entries, not \(tags.count)")
    }
    for (index, tag) in tags.enumerated() {
      if tag.isEmpty {
        add("\(field)[\(index)]", "must not be empty")
      } else {
        text("\(field)[\(index)]", tag, atMost: Limits.tagLength)
      }
      // Bytes, not canonical equivalence: what PostgreSQL compares. One that is too long is wrong as it is.
      let bytes = tag.utf8.count
      if bytes <= 4 * Limits.tagLength,
        tags[..<index].contains(where: { $0.utf8.count == bytes && $0.utf8.elementsEqual(tag.utf8) })
      {
        add("\(field)[\(index)]", "is there twice")
      }
    }
  }

  /// `type/subtype` with optional parameters (RFC 6838, RFC 9110 §8.3.1), or nothing.
  package mutating func mediaType(_ field: String, _ value: String) {
    if value.isEmpty { return }
    guard value.utf8.count <= Limits.mediaTypeLength else {
      return add(field, "must have at most \(Limits.mediaTypeLength) characters")
    }
    let type = value.utf8.prefix { $0 != UInt8(ascii: ";") }
    let parts = type.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    let isToken = { (part: Substring.UTF8View) in !part.isEmpty && part.allSatisfy(\.isTokenCharacter) }
    guard parts.count == 2, isToken(parts[0]), isToken(parts[1].trimmingSpaces),
      value.utf8.allSatisfy({ (0x20..<0x7f).contains($0) })
    else { return add(field, "must be a media type such as text/markdown") }
  }
}

extension String {
  /// Whether U+0000 is in it.
  package var containsNUL: Bool {
    utf8.withContiguousStorageIfAvailable { bytes in
      bytes.count > 0 && memchr(bytes.baseAddress!, 0, bytes.count) != nil
    } ?? utf8.contains(0)
  }
}

extension String {
  /// What nearly every identifier is, decided without decoding: each call checks some.
  fileprivate func isShortPrintableASCII(atMost limit: Int) -> Bool {
    !isEmpty && utf8.count <= limit && utf8.allSatisfy { (0x20..<0x7f).contains($0) }
  }
}

extension Unicode.Scalar {
  /// C0, DEL or C1: the general category Cc, which Unicode guarantees to stay these.
  fileprivate var isControl: Bool { value < 0x20 || (0x7f...0x9f).contains(value) }
}

extension UInt8 {
  /// RFC 9110 §5.6.2 `tchar`.
  fileprivate var isTokenCharacter: Bool {
    switch self {
    case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
    case 0x21, 0x23...0x27, 0x2a, 0x2b, 0x2d, 0x2e, 0x5e, 0x5f, 0x60, 0x7c, 0x7e: true
    default: false
    }
  }
}

extension Substring.UTF8View {
  fileprivate var trimmingSpaces: Substring.UTF8View {
    var view = self
    while view.last == 0x20 { view = view.dropLast() }
    return view
  }
}
