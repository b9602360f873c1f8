import CairnAPI
import Wire

extension FieldDiff {
  /// Where two images of a context differ, but for content, data and what every write changes. In the order
  /// of the fields' numbers.
  ///
  /// - Parameter old: Nil for the nothing before version 1.
  static func list(from old: Context?, to new: Context) -> [FieldDiff] {
    var differences: [FieldDiff] = []
    func compare(_ path: String, value: (Context) -> WellKnown.Value?) {
      add(path, old: old.flatMap(value), new: value(new), to: &differences)
    }
    compare("title") { .text($0.title) }
    compare("type") { .text(ContextType.schema.name(of: $0.type.rawValue) ?? "\($0.type.rawValue)") }
    compare("status") { .text(ContextStatus.schema.name(of: $0.status.rawValue) ?? "\($0.status.rawValue)") }
    compare("media_type") { .text($0.mediaType) }
    compare("owner") { .text($0.owner) }
    compare("session") { .text($0.session) }
    compare("tags") { .texts($0.tags) }
    differences += metadata(from: old?.metadata, to: new.metadata)
    compare("delete_time") { .time($0.deleteTime) }
    compare("expire_time") { .time($0.expireTime) }
    compare("memory") { .memory($0.memory) }
    return differences
  }

  /// Adds a difference, if it is one. By bytes: equal strings may be written with other code points.
  static func add(
    _ path: String, old: WellKnown.Value?, new: WellKnown.Value?, to differences: inout [FieldDiff]
  ) {
    guard old?.serializedBytes() != new?.serializedBytes() else { return }
    var difference = FieldDiff()
    difference.path = path
    difference.fromValue = old
    difference.toValue = new
    differences.append(difference)
  }
}

extension WellKnown.Value {
  /// Nil for an empty text: an empty field has no value.
  fileprivate static func text(_ text: String) -> WellKnown.Value? {
    text.isEmpty ? nil : WellKnown.Value(.stringValue(text))
  }

  fileprivate static func memory(_ memory: Memory?) -> WellKnown.Value? {
    memory.flatMap { try? WellKnown.Struct(MemoryJSON.value(of: $0)) }.map {
      WellKnown.Value(.structValue($0))
    }
  }

  fileprivate static func texts(_ texts: [String]) -> WellKnown.Value? {
    if texts.isEmpty { return nil }
    var list = WellKnown.ListValue()
    list.values = texts.map { WellKnown.Value(.stringValue($0)) }
    return WellKnown.Value(.listValue(list))
  }

  fileprivate static func time(_ time: WellKnown.Timestamp?) -> WellKnown.Value? {
    time.flatMap { TimestampText.format(seconds: $0.seconds, nanos: $0.nanos) }
      .map { WellKnown.Value(.stringValue($0)) }
  }
}
