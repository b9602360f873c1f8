import Glibc

extension Violations {
  /// A text of at most `limit` characters without NUL.
  package mutating func text(_ value: String, at field: String, atMost limit: Int) {
    let bytes = value.utf8.count
    // A code point takes one to four bytes: most texts are decided without counting.
    if bytes > limit, bytes > 4 * limit || value.unicodeScalars.count > limit {
      add("must have at most \(limit) characters", at: field)
    } else {
      noNUL(value, at: field)
    }
  }

  /// A text that PostgreSQL can store: every character but NUL.
  package mutating func noNUL(_ value: String, at field: String) {
    if value.containsNUL { add("must not contain NUL (U+0000)", at: field) }
  }

  /// A text of 1 to `limit` characters, none of them a control character (C0, DEL, C1).
  package mutating func identifier(_ value: String, at field: String, atMost limit: Int = Limits.idLength) {
    if value.isShortPrintableASCII(atMost: limit) { return }
    if value.isEmpty {
      add("must not be empty", at: field)
    } else if value.unicodeScalars.prefix(limit + 1).count > limit {
      add("must have at most \(limit) characters", at: field)
    } else if value.unicodeScalars.contains(where: \.isControl) {
      add("must not contain control characters", at: field)
    }
  }

  /// An identifier, or nothing.
  package mutating func optionalIdentifier(_ value: String, at field: String) {
    if !value.isEmpty { identifier(value, at: field) }
  }

  /// 1 to 1,024 characters, not only white space.
  package mutating func title(_ value: String, at field: String) {
    if value.isEmpty {
      add("must not be empty", at: field)
    } else if value.utf8.count <= 4 * Limits.titleLength,
      value.utf8.first! <= 0x20 || value.utf8.first! >= 0x80,
      value.unicodeScalars.allSatisfy(\.properties.isWhitespace)
    {
      add("must not consist of white space only", at: field)
    } else {
      text(value, at: field, atMost: Limits.titleLength)
    }
  }

  /// Different tags of bounded number and length. Too many are refused without a look at each.
  package mutating func tags(_ tags: [String], at field: String) {
    guard tags.count <= Limits.tagCount else {
      return add("must have at most \(Limits.tagCount) entries, not \(tags.count)", at: field)
    }
    for (index, tag) in tags.enumerated() {
      if tag.isEmpty {
        add("must not be empty", at: "\(field)[\(index)]")
      } else {
        text(tag, at: "\(field)[\(index)]", atMost: Limits.tagLength)
      }
      // Bytes, not canonical equivalence: what PostgreSQL compares. One that is too long is wrong as it is.
      let bytes = tag.utf8.count
      if bytes <= 4 * Limits.tagLength,
        tags[..<index].contains(where: { $0.utf8.count == bytes && $0.utf8.elementsEqual(tag.utf8) })
      {
        add("is there twice", at: "\(field)[\(index)]")
      }
    }
  }

  /// `type/subtype` with optional parameters (RFC 6838, RFC 9110 §8.3.1), or nothing.
  package mutating func mediaType(_ value: String, at field: String) {
    if value.isEmpty { return }
    guard value.utf8.count <= Limits.mediaTypeLength else {
      return add("must have at most \(Limits.mediaTypeLength) characters", at: field)
    }
    let type = value.utf8.prefix { $0 != UInt8(ascii: ";") }
    let parts = type.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    let isToken = { (part: Substring.UTF8View) in !part.isEmpty && part.allSatisfy(\.isTokenCharacter) }
    guard parts.count == 2, isToken(parts[0]), isToken(parts[1].trimmingSpaces),
      value.utf8.allSatisfy({ (0x20..<0x7f).contains($0) })
    else { return add("must be a media type such as text/markdown", at: field) }
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
