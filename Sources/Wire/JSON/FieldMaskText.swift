/// ProtoJSON's form of `google.protobuf.FieldMask`: the paths in lowerCamelCase, joined by commas.
package enum FieldMaskText {
  /// Nil when a path would not come back as it was, e.g. one with an upper-case letter.
  package static func format(_ paths: [String]) -> String? {
    var texts: [String] = []
    for path in paths {
      guard let text = lowerCamelCase(path) else { return nil }
      texts.append(text)
    }
    return texts.joined(separator: ",")
  }

  /// Nil when a path has an underscore or is empty. The empty text has no paths.
  package static func parse(_ text: String) -> [String]? {
    if text.isEmpty { return [] }
    var paths: [String] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard !part.isEmpty, !part.utf8.contains(UInt8(ascii: "_")) else { return nil }
      paths.append(snakeCase(part))
    }
    return paths
  }

  private static func lowerCamelCase(_ path: String) -> String? {
    var result: [UInt8] = []
    var raise = false
    for byte in path.utf8 {
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: ","): return nil
      case UInt8(ascii: "_"):
        if raise { return nil }
        raise = true
      case UInt8(ascii: "a")...UInt8(ascii: "z"):
        result.append(raise ? byte - 0x20 : byte)
        raise = false
      default:
        // An underscore in front of anything but a letter would be lost.
        if raise { return nil }
        result.append(byte)
      }
    }
    return raise || result.isEmpty ? nil : String(decoding: result, as: UTF8.self)
  }

  private static func snakeCase(_ path: Substring) -> String {
    var result: [UInt8] = []
    for byte in path.utf8 {
      if (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) {
        result.append(UInt8(ascii: "_"))
        result.append(byte + 0x20)
      } else {
        result.append(byte)
      }
    }
    return String(decoding: result, as: UTF8.self)
  }
}
