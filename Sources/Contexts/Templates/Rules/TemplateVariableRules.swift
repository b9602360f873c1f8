import CairnAPI
import EventLoop
import Requests
import Wire

extension TemplateVariable {
  /// The text that a value is put in as. Adds to `violations`, and answers nil, when it is wrong.
  ///
  /// - Parameter stop: Set when the caller no longer waits: the answer is nil soon after.
  func text(
    of value: WellKnown.Value, at field: String, until stop: StopSignal = StopSignal(),
    _ violations: inout Violations
  ) -> String? {
    let before = violations.count
    let text = check(value, at: field, until: stop, into: &violations)
    return violations.count == before ? text : nil
  }

  private func check(
    _ value: WellKnown.Value, at field: String, until stop: StopSignal, into violations: inout Violations
  ) -> String? {
    switch (type, value.kind) {
    case (.string, .stringValue(let text)):
      if text.utf8.count > Limits.payloadBytes {
        violations.add("must have at most \(Limits.payloadBytes) bytes", at: field)
        return nil
      }
      violations.noNUL(text, at: field)
      if minimum != nil || maximum != nil {
        bounds(Double(text.unicodeScalars.count), unit: "character", at: field, into: &violations)
      }
      if !pattern.isEmpty, TextPattern(pattern)?.matches(text, until: stop) != true {
        violations.add("must look like \(pattern.quoted)", at: field)
      }
      return text
    case (.number, .numberValue(let number)) where number.isFinite:
      bounds(number, unit: "", at: field, into: &violations)
      return Self.text(number)
    case (.integer, .numberValue(let number))
    where number.rounded() == number && abs(number) <= 9_007_199_254_740_992:
      bounds(number, unit: "", at: field, into: &violations)
      return String(Int64(number))
    case (.boolean, .boolValue(let flag)): return flag ? "true" : "false"
    case (.enum, .stringValue(let text)) where options.contains { $0.hasSameBytes(as: text) }: return text
    case (.list, .listValue(let list)): return check(list, at: field, into: &violations)
    default:
      violations.add("must be \(expected)", at: field)
      return nil
    }
  }

  private func check(_ list: WellKnown.ListValue, at field: String, into violations: inout Violations)
    -> String
  {
    bounds(Double(list.values.count), unit: "entry", at: field, into: &violations)
    if list.values.count > Limits.templateListEntries {
      violations.add("must have at most \(Limits.templateListEntries) entries", at: field)
      return ""
    }
    var texts: [String] = []
    for (index, value) in list.values.enumerated() {
      guard case .stringValue(let text) = value.kind else {
        violations.add("must be a text", at: "\(field)[\(index)]")
        continue
      }
      violations.noNUL(text, at: "\(field)[\(index)]")
      if !options.isEmpty, !options.contains(where: { $0.hasSameBytes(as: text) }) {
        violations.add("must be one of \(choices)", at: "\(field)[\(index)]")
      }
      texts.append(text)
    }
    return texts.joined(separator: ", ")
  }

  private func bounds(_ value: Double, unit: String, at field: String, into violations: inout Violations) {
    let units = unit == "entry" ? "entries" : unit.isEmpty ? "" : "\(unit)s"
    let what = unit.isEmpty ? "be" : "have"
    if let minimum, value < minimum {
      violations.add("must \(what) at least \(Self.text(minimum)) \(units)".trimmingLastSpace, at: field)
    }
    if let maximum, value > maximum {
      violations.add("must \(what) at most \(Self.text(maximum)) \(units)".trimmingLastSpace, at: field)
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
  mutating func variables(_ variables: [TemplateVariable], at field: String) {
    guard variables.count <= Limits.templateVariables else {
      return add("must have at most \(Limits.templateVariables) entries, not \(variables.count)", at: field)
    }
    var names: Set<String> = []
    var defaultBytes = 0
    for (index, variable) in variables.enumerated() {
      let path = "\(field)[\(index)]"
      defaultBytes += variable.defaultValue?.textBytes(upTo: Limits.templateDefaultBytes) ?? 0
      if defaultBytes > Limits.templateDefaultBytes {
        return add(
          "and those before it must have at most \(Limits.templateDefaultBytes) bytes together",
          at: "\(path).default_value")
      }
      if !TemplateText.isName(variable.name) {
        add("must be a letter or `_`, then letters, digits and `_`: up to 64", at: "\(path).name")
      } else if !names.insert(variable.name).inserted {
        add("is there twice: \(variable.name.quoted)", at: "\(path).name")
      }
      self.variable(variable, at: path)
    }
  }

  private mutating func variable(_ variable: TemplateVariable, at path: String) {
    switch variable.type {
    case .unspecified: add("must be specified", at: "\(path).type")
    case .unrecognized(let number): add("has an unknown value, \(number)", at: "\(path).type")
    default: break
    }
    text(variable.description, at: "\(path).description", atMost: Limits.titleLength)
    if !variable.pattern.isEmpty {
      if variable.type != .string {
        add("is for texts only", at: "\(path).pattern")
      } else if TextPattern(variable.pattern) == nil {
        add("cannot be read: see TemplateVariable for what may be in it", at: "\(path).pattern")
      }
    }
    bounds(of: variable, at: path)
    options(of: variable, at: path)
    let before = count
    if let value = variable.defaultValue, before == count {
      _ = variable.text(of: value, at: "\(path).default_value", &self)
    }
  }

  private mutating func bounds(of variable: TemplateVariable, at path: String) {
    let bounds = [("minimum", variable.minimum), ("maximum", variable.maximum)]
    for (name, bound) in bounds where bound != nil {
      if variable.type == .boolean || variable.type == .enum {
        add("has no meaning for this type", at: "\(path).\(name)")
      }
      if let bound, !bound.isFinite { add("must be a finite number", at: "\(path).\(name)") }
    }
    if let least = variable.minimum, let most = variable.maximum, least > most {
      add("must not be less than minimum", at: "\(path).maximum")
    }
  }

  private mutating func options(of variable: TemplateVariable, at path: String) {
    let field = "\(path).options"
    if variable.type == .enum, variable.options.isEmpty { add("must not be empty", at: field) }
    if variable.type != .enum, variable.type != .list, !variable.options.isEmpty {
      add("has no meaning for this type", at: field)
    }
    tags(variable.options, at: field)
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
