import Testing
import Wire

@Suite("JSON text")
struct JSONTextTests {
  @Test(
    "a value comes back as it was",
    arguments: [
      "null", "true", "false", "0", "-0", "1.5", "-12e+3", "123456789012345678901234567890", "\"\"",
      "\"é😀\"", "[]", "{}", "[1,[2,{}]]", "{\"a\":1,\"b\":[null]}", "\"\\\"\\\\\\n\\u0000\\u007f\"",
    ])
  func roundTrip(text: String) throws {
    #expect(JSONPrinter.print(try JSONParser.parse(text)) == text)
  }

  @Test(
    "control characters, quotes and backslashes are escaped wherever they stand, and nothing else is",
    arguments: [
      ("", ""), ("\"", "\\\""), ("\"a", "\\\"a"), ("a\"", "a\\\""), ("\\\"\n", "\\\\\\\"\\n"),
      ("a\r\tb", "a\\r\\tb"),
      ("é\u{7f}é", "é\\u007fé"), ("\0\u{1f} !#/[]", "\\u0000\\u001f !#/[]"),
      ("\u{80}\u{2028}🪨", "\u{80}\u{2028}🪨"),
    ])
  func escaping(text: String, printed: String) {
    #expect(JSONPrinter.print(.string(text)) == "\"\(printed)\"")
    let member = JSONValue.object([JSONMember(text, .null)])
    #expect(JSONPrinter.print(member) == "{\"\(printed)\":null}")
  }

  @Test(
    "escapes are resolved",
    arguments: [
      ("\"\\u00e9\"", "é"), ("\"\\ud83d\\ude00\"", "😀"), ("\"\\b\\f\\/\\t\"", "\u{8}\u{C}/\t"),
      ("\"a\\u0000b\"", "a\0b"),
    ])
  func escapes(text: String, expected: String) throws {
    #expect(try JSONParser.parse(text) == .string(expected))
  }

  @Test(
    "what RFC 8259 does not allow is refused, with its place",
    arguments: [
      ("", "line 1, column 1: there is no JSON value"),
      ("{\"a\":1,}", "line 1, column 8: expected a name in double quotes"),
      ("[1,]", "line 1, column 4: expected a value"),
      ("[1 2]", "line 1, column 4: expected `,` or `]`"),
      ("{\"a\" 1}", "line 1, column 6: expected `:` behind \"a\""),
      ("{\"a\":1,\n \"a\":2}", "line 2, column 2: the name \"a\" is there twice"),
      ("01", "line 1, column 2: a number must not start with 0"),
      ("1.", "line 1, column 3: expected a digit"),
      ("+1", "line 1, column 1: expected a value"),
      ("nul", "line 1, column 1: expected a value"),
      ("\"a", "line 1, column 1: the string is not closed"),
      ("\"\n\"", "line 1, column 2: a control character in a string must be escaped"),
      ("\"\\ud800\"", "line 1, column 8: half of a surrogate pair"),
      ("\"\\udc00\"", "line 1, column 8: half of a surrogate pair"),
      ("\"\\ud800\\u0041\"", "line 1, column 14: half of a surrogate pair"),
      ("\"\\x\"", "line 1, column 3: no such escape in a string"),
      ("\"\\u12g4\"", "line 1, column 6: expected four hexadecimal digits behind \\u"),
      ("1 2", "line 1, column 3: text follows the JSON value"),
      ("// c", "line 1, column 1: expected a value"),
      ("[1", "line 1, column 3: expected `,` or `]`"),
    ])
  func refused(text: String, reason: String) {
    #expect { try JSONParser.parse(text) } throws: { "\($0)" == reason }
  }

  @Test("bytes that are not UTF-8 are refused")
  func invalidUTF8() {
    #expect(throws: JSONSyntaxError.self) { try JSONParser.parse([0x22, 0xFF, 0x22]) }
  }

  @Test("nesting is bounded")
  func depth() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    _ = try JSONParser.parse(nested(100))
    #expect(throws: JSONSyntaxError.self) { try JSONParser.parse(nested(101)) }
    #expect(throws: JSONSyntaxError.self) { try JSONParser.parse(String(repeating: "[", count: 100_000)) }
  }

  @Test("values may follow each other")
  func sequence() throws {
    var parser = JSONParser(Array("{} 1\n[2]\"x\"".utf8))
    var values: [JSONValue] = []
    while let value = try parser.next() { values.append(value) }
    #expect(values == [.object([]), .number("1"), .array([.number("2")]), .string("x")])
  }

  @Test("indented text has one member a line")
  func indented() throws {
    let value = try JSONParser.parse("{\"a\":[1,{}],\"b\":{}}")
    #expect(
      JSONPrinter.print(value, style: .indented) == """
        {
          "a": [
            1,
            {}
          ],
          "b": {}
        }
        """)
  }

  @Test(
    "whole numbers are exact in every spelling",
    arguments: [
      ("0", 0), ("-0", 0), ("0.0e9", 0), ("12", 12), ("1e3", 1000), ("2.50e1", 25), ("100e-2", 1),
      ("9223372036854775807", Int64.max), ("-9223372036854775808", Int64.min),
      ("9223372036854775.807E3", Int64.max), ("9223372036854775808", nil), ("1.5", nil), ("1e99", nil),
      ("1e99999999999", nil), ("0e99999999999", nil), ("01", nil), ("", nil), ("-", nil), ("1.", nil),
      (" 1", nil), ("1x", nil), ("+1", nil), ("0x1", nil),
    ] as [(String, Int64?)])
  func integers(text: String, value: Int64?) {
    #expect(JSONInteger.parse(text, as: Int64.self) == value)
  }

  @Test("small and unsigned numbers keep their bounds")
  func integerBounds() {
    #expect(JSONInteger.parse("18446744073709551615", as: UInt64.self) == .max)
    #expect(JSONInteger.parse("-1", as: UInt64.self) == nil)
    #expect(JSONInteger.parse("-0", as: UInt32.self) == 0)
    #expect(JSONInteger.parse("2147483648", as: Int32.self) == nil)
    #expect(JSONInteger.parse("-2147483648", as: Int32.self) == .min)
  }
}
