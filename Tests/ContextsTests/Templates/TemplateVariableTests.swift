import CairnAPI
import Requests
import Testing
import Wire

@testable import Contexts

@Suite("Variables of templates")
struct TemplateVariableTests {
  /// A variable `x` by its proto fields in JSON.
  static func variable(_ json: String) throws -> TemplateVariable {
    var variable = try TemplateVariable(json: json)
    if variable.name.isEmpty { variable.name = "x" }
    return variable
  }

  @Test(
    "take values of their type within their bounds, and put them in as texts",
    arguments: [
      (#"{"type": "TYPE_STRING"}"#, #""Größe""#, "Größe"), (#"{"type": "TYPE_STRING"}"#, "1", nil),
      (#"{"type": "TYPE_STRING"}"#, #""a\u0000""#, nil), (#"{"type": "TYPE_STRING"}"#, "null", nil),
      (#"{"type": "TYPE_STRING", "minimum": 2, "maximum": 3}"#, #""é""#, nil),
      (#"{"type": "TYPE_STRING", "minimum": 2, "maximum": 3}"#, #""éé""#, "éé"),
      (#"{"type": "TYPE_STRING", "minimum": 2, "maximum": 3}"#, #""abcd""#, nil),
      (#"{"type": "TYPE_STRING", "pattern": "[A-Z]\\d+"}"#, #""A12""#, "A12"),
      (#"{"type": "TYPE_STRING", "pattern": "[A-Z]\\d+"}"#, #""xA12""#, nil),
      (#"{"type": "TYPE_NUMBER"}"#, "1.50", "1.5"), (#"{"type": "TYPE_NUMBER"}"#, "-2", "-2"),
      (#"{"type": "TYPE_NUMBER"}"#, "1e300", "1e+300"), (#"{"type": "TYPE_NUMBER"}"#, #""1""#, nil),
      (#"{"type": "TYPE_NUMBER", "minimum": 0}"#, "-0.1", nil),
      (#"{"type": "TYPE_INTEGER"}"#, "9007199254740992", "9007199254740992"),
      (#"{"type": "TYPE_INTEGER"}"#, "9007199254740994", nil), (#"{"type": "TYPE_INTEGER"}"#, "1.5", nil),
      (#"{"type": "TYPE_INTEGER", "maximum": 3}"#, "4", nil),
      (#"{"type": "TYPE_BOOLEAN"}"#, "true", "true"), (#"{"type": "TYPE_BOOLEAN"}"#, "0", nil),
      (#"{"type": "TYPE_ENUM", "options": ["S", "M"]}"#, #""M""#, "M"),
      (#"{"type": "TYPE_ENUM", "options": ["S", "M"]}"#, #""m""#, nil),
      (#"{"type": "TYPE_LIST"}"#, #"["a", "b"]"#, "a, b"), (#"{"type": "TYPE_LIST"}"#, "[]", ""),
      (#"{"type": "TYPE_LIST"}"#, #"["a", 1]"#, nil), (#"{"type": "TYPE_LIST"}"#, #""a""#, nil),
      (#"{"type": "TYPE_LIST", "minimum": 1}"#, "[]", nil),
      (#"{"type": "TYPE_LIST", "options": ["a"]}"#, #"["a", "z"]"#, nil),
    ] as [(String, String, String?)])
  func values(json: String, value: String, text: String?) throws {
    var violations = Violations()
    let given = try #require(metadata("{\"x\": \(value)}").fields["x"])
    #expect(try Self.variable(json).text(of: given, at: "values.x", &violations) == text)
    #expect(violations.isEmpty == (text != nil))
    #expect(violations.listed.allSatisfy { $0.field.hasPrefix("values.x") })
  }

  @Test(
    "make sense, or are refused with the field that does not",
    arguments: [
      (#"{"type": "TYPE_STRING", "defaultValue": "a", "maximum": 1}"#, []),
      (#"{"type": "TYPE_LIST", "options": ["a"], "defaultValue": ["a"], "minimum": 1}"#, []),
      (#"{}"#, ["type"]), (#"{"type": 77}"#, ["type"]),
      (#"{"name": "a-b", "type": "TYPE_NUMBER"}"#, ["name"]),
      (#"{"type": "TYPE_NUMBER", "pattern": "a"}"#, ["pattern"]),
      (#"{"type": "TYPE_STRING", "pattern": "("}"#, ["pattern"]),
      (#"{"type": "TYPE_BOOLEAN", "minimum": 1, "maximum": 2}"#, ["minimum", "maximum"]),
      (#"{"type": "TYPE_NUMBER", "minimum": "NaN"}"#, ["minimum"]),
      (#"{"type": "TYPE_NUMBER", "minimum": 2, "maximum": 1}"#, ["maximum"]),
      (#"{"type": "TYPE_ENUM"}"#, ["options"]), (#"{"type": "TYPE_STRING", "options": ["a"]}"#, ["options"]),
      (#"{"type": "TYPE_ENUM", "options": ["a", "a"]}"#, ["options[1]"]),
      (#"{"type": "TYPE_ENUM", "options": ["a"], "defaultValue": "b"}"#, ["default_value"]),
      (#"{"type": "TYPE_INTEGER", "defaultValue": 1.5}"#, ["default_value"]),
      (#"{"type": "TYPE_LIST", "defaultValue": ["a", 2]}"#, ["default_value[1]"]),
    ])
  func declarations(json: String, wrong: [String]) throws {
    var violations = Violations()
    violations.variables([try Self.variable(json)], at: "variables")
    #expect(violations.listed.map(\.field) == wrong.map { "variables[0].\($0)" })
  }

  @Test("have each a name of its own, and are not too many")
  func names() throws {
    var violations = Violations()
    let one = try Self.variable(#"{"type": "TYPE_STRING"}"#)
    violations.variables([one, one], at: "variables")
    #expect(violations.listed.map(\.field) == ["variables[1].name"])
    violations = Violations()
    violations.variables(Array(repeating: one, count: Limits.templateVariables + 1), at: "variables")
    #expect(violations.listed.map(\.field) == ["variables"])
  }
}
