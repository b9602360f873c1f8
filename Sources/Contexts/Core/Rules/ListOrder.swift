/// How a list of contexts is sorted; equal ones by id, in the same direction.
struct ListOrder: Equatable {
  enum Key: String {
    case createTime = "create_time"
    case updateTime = "update_time"
    case id
  }

  let key: Key
  let isDescending: Bool

  /// Bytes that are looked at: more than the longest order has.
  static let longest = 64

  /// The newest first.
  static let standard = ListOrder(key: .createTime, isDescending: true)

  init(key: Key, isDescending: Bool) {
    self.key = key
    self.isDescending = isDescending
  }

  /// Reads `order_by` (AIP-132): a field, then nothing, `asc` or `desc`. Nil when it is something else.
  init?(_ text: String) {
    guard text.utf8.count <= Self.longest else { return nil }
    let words = text.split(separator: " ")
    if words.isEmpty {
      self = .standard
      return
    }
    guard words.count <= 2, let key = Key(rawValue: String(words[0])) else { return nil }
    switch words.dropFirst().first {
    case nil, "asc": self.init(key: key, isDescending: false)
    case "desc": self.init(key: key, isDescending: true)
    default: return nil
    }
  }
}
