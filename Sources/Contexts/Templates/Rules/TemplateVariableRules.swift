import CairnAPI
import EventLoop
import Requests
import Wire

extension TemplateVariable {
  /// The text that a value is put in as. Adds to `violations`, and answers nil, when it is wrong.
  ///
  /// - Parameter stop: Says that nobody waits for the answer: it is nil soon after.
  func text(
    of value: WellKnown.Value, at field: String, until stop: StopSignal = StopSignal(),
    _ violations: inout Violations
  ) -> String? {
    let before = violations.count
    let text = check(value, at: field, until: stop, &violations)
    return violations.count == before ? text : nil
  }

  private func check(
    _ value: WellKnown.Value, at field: String, until stop: StopSignal, _ violations: inout Violations
  ) -> String? {
    switch (type, value.kind) {
    case (.string, .stringValue(let text)):
      if text.utf8.count > Limits.payloadBytes {
        violations.add(field, "must have at most \(Limits.payloadBytes) bytes")
        return nil
      }
      violations.noNUL(field, text)
      if minimum != nil || maximum != nil {
        bounds(Double(text.unicodeScalars.count), "character", field, &violations)
      }
      if !pattern.isEmpty, TextPattern(pattern)?.matches(text, until: stop) != true {
        violations.add(field, "must look like \(pattern.quoted)")
      }
      return text
    case (.number, .numberValue(let number)) where number.isFinite:
      bounds(number, "", field, &violations)
      return Self.text(number)
    case (.integer, .numberValue(let number))
    where number.rounded() == number && abs(number) <= 9_007_199_254_740_992:
      bounds(number, "", field, &violations)
      return String(Int64(number))
    case (.boolean, .boolValue(let flag)): return flag ? "true" : "false"
    case (.enum, .stringValue(let text)) where options.contains { $0.hasSameBytes(as: text) }: return text
    case (.list, .listValue(let list)): return check(list, at: field, &violations)
    default:
      violations.add(field, "must be \(expected)")
      return nil
    }
  }

  private func check(_ list: WellKnown.ListValue, at field: String, _ violations: inout Violations) -> String
  {
    bounds(Double(list.values.count), "entry", field, &violations)
    if list.values.count > Limits.templateListEntries {
      violations.add(field, "must have at most \(Limits.templateListEntries) entries")
      return ""
    }
    var texts: [String] = []
    for (index, value) in list.values.enumerated() {
      guard case .stringValue(let text) = value.kind else {
        violations.add("\(field)[\(index)]", "must be a text")
        continue
      }
      violations.noNUL("\(field)[\(index)]", text)
      if !options.isEmpty, !options.contains(where: { $0.hasSameBytes(as: text) }) {
        violations.add("\(field)[\(index)]", "must be one of \(choices)")
      }
      texts.append(text)
    }
    return texts.joined(separator: ", ")
  }

  private func bounds(_ value: Double, _ unit: String, _ field: String, _ violations: inout Violations) {
    let units = unit == "entry" ? "entries" : unit.isEmpty ? "" : "\(unit)s"
    let what = unit.isEmpty ? "be" : "have"
    if let minimum, value < minimum {
      violations.add(field, "must \(what) at least \(Self.text(minimum)) \(units)".trimmingLastSpace)
    }
    if let maximum, value > maximum {
      violations.add(field, "must \(what) at most \(Self.text(maximum)) \(units)".trimmingLastSpace)
    }
  }

  /// What a value must be, to follow "must be".
  var expected: String {
    switch type {
    case .string: "a text"
    case .number: "a finite number"
    case .integer: "a whole number between -2^53 and 2^53"
    case .boolean: "true or false"
    case .enum: "one of \(choices)"
    case .list: "a list of texts"
    case .unspecified, .unrecognized: "of a known type"
    }
  }

  private var choices: String { options.map(\.quoted).joined(separator: ", ").cut(to: 300) }

  /// A whole number without a fraction; others in the shortest form that means the same number.
  private static func text(_ number: Double) -> String {
    number.rounded() == number && abs(number) < 1e15 ? String(Int64(number)) : "\(number)"
  }
}

extension Violations {
  /// Declarations that make sense, each name once.
  mutating func variables(_ field: String, _ variables: [TemplateVariable]) {
    guard variables.count <= Limits.templateVariables else {
      return add(field, "must have at most \(Limits.templateVariables) entries, not \(variables.count)")
    }
    var names: Set<String> = []
    var defaultBytes = 0
    for (index, variable) in variables.enumerated() {
      let path = "\(field)[\(index)]"
      defaultBytes += variable.defaultValue?.textBytes(upTo: Limits.templateDefaultBytes) ?? 0
      if defaultBytes > Limits.templateDefaultBytes {
        return add(
          "\(path).default_value",
          "and those before it must have at most \(Limits.templateDefaultBytes) bytes together")
      }
      if !TemplateText.isName(variable.name) {
        add("\(path).name", "must be a letter or `_`, then letters, digits and `_`: up to 64")
      } else if !names.insert(variable.name).inserted {
        add("\(path).name", "is there twice: \(variable.name.quoted)")
      }
      self.variable(path, variable)
    }
  }

  private mutating func variable(_ path: String, _ variable: TemplateVariable) {
    switch variable.type {
    case .unspecified: add("\(path).type", "must be specified")
    case .unrecognized(let number): add("\(path).type", "has an unknown value, \(number)")
    default: break
    }
    text("\(path).description", variable.description, atMost: Limits.titleLength)
    if !variable.pattern.isEmpty {
      if variable.type != .string {
        add("\(path).pattern", "is for texts only")
      } else if TextPattern(variable.pattern) == nil {
        add("\(path).pattern", "cannot be read: see TemplateVariable for what may be in it")
      }
    }
    bounds(path, variable)
    options(path, variable)
    let before = count
    if let value = variable.defaultValue, before == count {
      _ = variable.text(of: value, at: "\(path).default_value", &self)
    }
  }

  private mutating func bounds(_ path: String, _ variable: TemplateVariable) {
    let bounds = [("minimum", variable.minimum), ("maximum", variable.maximum)]
    for (name, bound) in bounds where bound != nil {
      if variable.type == .boolean || variable.type == .enum {
        add("\(path).\(name)", "has no meaning for this type")
      }
      if let bound, !bound.isFinite { add("\(path).\(name)", "must be a finite number") }
    }
    if let least = variable.minimum, let most = variable.maximum, least > most {
      add("\(path).maximum", "must not be less than minimum")
    }
  }

  private mutating func options(_ path: String, _ variable: TemplateVariable) {
    let field = "\(path).options"
    if variable.type == .enum, variable.options.isEmpty { add(field, "must not be empty") }
    if variable.type != .enum, variable.type != .list, !variable.options.isEmpty {
      add(field, "has no meaning for this type")
    }
    tags(field, variable.options)
  }
}

extension String {
  fileprivate var trimmingLastSpace: String { last == " " ? String(dropLast()) : self }

  /// Bytes, not canonical equivalence.
  fileprivate func hasSameBytes(as other: String) -> Bool {
    utf8.count == other.utf8.count && utf8.elementsEqual(other.utf8)
  }
}

extension WellKnown.Value {
  /// Bytes of the text that it is put in as, at least, and something for each value; above `limit` it stops
  /// counting.
  func textBytes(upTo limit: Int) -> Int {
    switch kind {
    case .stringValue(let text): return 8 + text.utf8.count
    case .listValue(let list):
      var bytes = 8
      for value in list.values where bytes <= limit {
        if case .stringValue(let text) = value.kind { bytes += text.utf8.count }
        bytes += 8
      }
      return bytes
    default: return 8
    }
  }
}
