import DynamicMessage

/// Finds a symbol by its full name or by the end of it.
struct SymbolLookup {
  enum Outcome: Equatable {
    case found(String)
    /// Several names end so.
    case ambiguous([String])
    /// The nearest names, if any are near.
    case missing(near: [String])
  }

  let names: [String]

  /// - Parameter wanted: with dots or, in front of a method, with a slash.
  func find(_ wanted: String) -> Outcome {
    let plain = wanted.hasPrefix("/") || wanted.hasPrefix(".") ? String(wanted.dropFirst()) : wanted
    let name = String(plain.map { $0 == "/" ? "." : $0 })
    if names.contains(name) { return .found(name) }
    let ending = names.filter { $0.hasSuffix("." + name) }
    if ending.count == 1 { return .found(ending[0]) }
    if !ending.isEmpty { return .ambiguous(ending.sorted()) }
    let length = name.split(separator: ".").count
    // Compared with as many parts as were given, so that a slip in a short name is found too.
    let near = names.filter { candidate in
      let end = candidate.split(separator: ".").suffix(length).joined(separator: ".")
      return !NearestName.suggestions(for: name, among: [end]).isEmpty
    }
    return .missing(near: Array(near.sorted().prefix(5)))
  }

  /// What to tell when `find` did not find.
  static func complaint(_ kind: String, wanted: String, outcome: Outcome) -> String {
    switch outcome {
    case .found(let name): name
    case .ambiguous(let names): "\"\(wanted)\" may be \(names.joined(separator: " or "))"
    case .missing(let near):
      near.isEmpty
        ? "there is no \(kind) \"\(wanted)\"; `cairn list` shows what there is"
        : "there is no \(kind) \"\(wanted)\"; did you mean \(near.joined(separator: " or "))?"
    }
  }
}
