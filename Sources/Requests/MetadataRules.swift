import Wire

extension Violations {
  /// Metadata that JSON and PostgreSQL's jsonb can hold, of bounded depth and size. Returns its JSON text, or
  /// nil when there is none or it is wrong.
  ///
  /// - Parameter limit: Bytes of that text.
  package mutating func metadata(
    _ metadata: WellKnown.Struct?, at field: String, atMost limit: Int = Limits.metadataBytes
  ) -> String? {
    guard let metadata else { return nil }
    var walk = MetadataWalk(path: field, limit: limit)
    walk.visit(metadata, depth: 1)
    guard walk.violations.isEmpty else {
      add(walk.violations, below: "")
      return nil
    }
    guard walk.bytes <= limit, let json = MetadataJSON.text(of: metadata),
      json.utf8.count <= limit
    else {
      add("must have at most \(limit) bytes as JSON text", at: field)
      return nil
    }
    return json
  }
}

/// One pass over metadata: what no JSON can hold, how deep it is, and a lower bound of its size.
private struct MetadataWalk {
  var path: String
  let limit: Int
  var violations = Violations()
  /// Bytes of the JSON text, at least: once above the limit, the walk stops.
  var bytes = 0

  private var isOver: Bool { bytes > limit || violations.count >= 100 }

  mutating func visit(_ object: WellKnown.Struct, depth: Int) {
    guard mayGoDown(to: depth) else { return }
    bytes += 2
    for (key, value) in object.fields {
      if isOver { return }
      bytes += key.text.utf8.count + 3
      if key.text.containsNUL { violations.add("has a key that contains NUL (U+0000)", at: path) }
      inside(".\(key)") { $0.visit(value, depth: depth) }
    }
  }

  private mutating func visit(_ list: WellKnown.ListValue, depth: Int) {
    guard mayGoDown(to: depth) else { return }
    bytes += 2
    for (index, value) in list.values.enumerated() {
      if isOver { return }
      inside("[\(index)]") { $0.visit(value, depth: depth) }
    }
  }

  private mutating func visit(_ value: WellKnown.Value, depth: Int) {
    switch value.kind {
    case nil: violations.add("has no value", at: path)
    case .nullValue, .boolValue: bytes += 4
    case .numberValue(let number):
      bytes += 1
      if !number.isFinite { violations.add("must be a finite number", at: path) }
    case .stringValue(let text):
      bytes += text.utf8.count + 2
      violations.noNUL(text, at: path)
    case .structValue(let object): visit(object, depth: depth + 1)
    case .listValue(let list): visit(list, depth: depth + 1)
    }
  }

  private mutating func mayGoDown(to depth: Int) -> Bool {
    if depth > Limits.metadataDepth {
      violations.add("must not be more than \(Limits.metadataDepth) levels deep", at: path)
    }
    return depth <= Limits.metadataDepth
  }

  private mutating func inside(_ step: String, body: (inout MetadataWalk) -> Void) {
    let outer = path
    path += step
    body(&self)
    path = outer
  }
}
