import Testing
import Wire

/// What both mappings of messages to JSON say the same way.
@Suite struct JSONValueTests {
  @Test("numbers of 64 bits are strings, shorter ones are numbers")
  func integers() {
    #expect(JSONValue.integer(Int32.min) == .number("-2147483648"))
    #expect(JSONValue.integer(UInt32.max) == .number("4294967295"))
    #expect(JSONValue.integer(Int64.min) == .string("-9223372036854775808"))
    #expect(JSONValue.integer(UInt64.max) == .string("18446744073709551615"))
    #expect(
      JSONValue.integer(0 as Int64) == .string("0") && JSONValue.integer(0 as Int32) == .number("0")
    )
  }

  @Test(
    "floating point is as short as it can be, with a fraction always or where there is one",
    arguments: [
      (1, .number("1.0"), .number("1")), (-0.0, .number("-0.0"), .number("-0")),
      (0.1, .number("0.1"), .number("0.1")), (1e300, .number("1e+300"), .number("1e+300")),
      (.leastNonzeroMagnitude, .number("5e-324"), .number("5e-324")), (.nan, .string("NaN"), .string("NaN")),
      (.infinity, .string("Infinity"), .string("Infinity")),
      (-.infinity, .string("-Infinity"), .string("-Infinity")),
    ] as [(Double, JSONValue, JSONValue)])
  func floating(_ number: Double, _ always: JSONValue, _ ifAny: JSONValue) {
    #expect(JSONValue.floating(number, fraction: .always) == always)
    #expect(JSONValue.floating(number, fraction: .ifAny) == ifAny)
  }

  @Test("a value of an enum is its name, or its number, and null where it stands for null")
  func enums() {
    #expect(JSONValue.enumeration(1, name: "ONE", of: "p.E") == .string("ONE"))
    #expect(JSONValue.enumeration(.min, name: nil, of: "p.E") == .number("-2147483648"))
    #expect(JSONValue.enumeration(0, name: "NULL_VALUE", of: "google.protobuf.NullValue") == .null)
    #expect(JSONValue.enumeration(7, name: nil, of: "google.protobuf.NullValue") == .null)
  }

  @Test("bytes are base64 with padding")
  func bytes() {
    #expect(JSONValue.bytes([0xfb, 0xff]) == .string("+/8=") && JSONValue.bytes([]) == .string(""))
  }

  @Test("scalars are keys, and come back from them")
  func keys() {
    #expect(
      JSONValue.bool(true).keyText == "true" && JSONValue.integer(-1 as Int64).keyText == "-1")
    #expect(JSONValue.string("").keyText == "")
    #expect([JSONValue.null, .array([]), .object([])].allSatisfy { $0.keyText == nil })
    #expect(JSONValue(key: "false", isBool: true) == .bool(false))
    #expect(JSONValue(key: "False", isBool: true) == nil && JSONValue(key: "", isBool: true) == nil)
    #expect(JSONValue(key: "true", isBool: false) == .string("true"))
  }

  @Test(
    "an Any has the fields of its message beside the URL, and a value where that has a form of its own"
  )
  func any() {
    let fields = JSONValue.object([JSONMember("a", .null)])
    let type = JSONMember("@type", .string("x/T"))
    #expect(
      JSONValue.any("x/T", fields, hasOwnForm: false) == .object([type, JSONMember("a", .null)]))
    #expect(
      JSONValue.any("x/T", fields, hasOwnForm: true)
        == .object([type, JSONMember("value", fields)]))
    #expect(
      JSONValue.any("x/T", .null, hasOwnForm: true) == .object([type, JSONMember("value", .null)]))
  }

  @Test(
    "a whole number may be written as any number, and as a string",
    arguments: [
      (.number("12"), 12), (.string("-128"), -128), (.number("1e2"), 100), (.string("1.0"), 1),
      (.number("128"), nil),
      (.number("0.5"), nil), (.string(""), nil), (.string(" 1"), nil), (.string("0x1"), nil),
      (.bool(true), nil),
      (.null, nil), (.array([.number("1")]), nil),
    ] as [(JSONValue, Int8?)])
  func wholeNumbers(_ json: JSONValue, _ expected: Int8?) {
    #expect(json.wholeNumber(as: Int8.self) == expected)
  }

  @Test(
    "a number in floating point may be a string, if that is one in JSON, or the name of one that JSON lacks",
    arguments: [
      (.number("1.5"), "1.5"), (.string("1.5"), "1.5"), (.string("-Infinity"), "-inf"),
      (.string("NaN"), "nan"),
      (.number("1e39"), "too large"), (.string("-1e39"), "too large"), (.number("1e-60"), "0.0"),
      (.string("0x1p3"), "none"), (.string("inf"), "none"), (.string("nan"), "none"),
      (.string("1 "), "none"),
      (.string("\"1\""), "none"), (.string(""), "none"), (.string("1_0"), "none"), (.null, "none"),
      (.bool(false), "none"),
    ] as [(JSONValue, String)])
  func floatingPoint(_ json: JSONValue, _ expected: String) {
    let found =
      switch json.floatingPoint(as: Float.self) {
      case .number(let number): number.description
      case .outOfRange: "too large"
      case .noNumber: "none"
      }
    #expect(found == expected)
  }
}
