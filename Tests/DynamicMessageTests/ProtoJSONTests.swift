import DynamicMessage
import Testing
import Wire

@Suite("ProtoJSON")
struct ProtoJSONTests {
  let type = Fixtures.everything

  @Test(
    "spellings that are read",
    arguments: [
      (#"{"f_int32": 1}"#, #"{"fInt32":1}"#), (#"{"fInt32": "1"}"#, #"{"fInt32":1}"#),
      (#"{"fInt32": 1.0}"#, #"{"fInt32":1}"#), (#"{"fInt32": 1e2}"#, #"{"fInt32":100}"#),
      (#"{"fInt64": -9223372036854775808}"#, #"{"fInt64":"-9223372036854775808"}"#),
      (#"{"fDouble": "1.5"}"#, #"{"fDouble":1.5}"#), (#"{"fDouble": "NaN"}"#, #"{"fDouble":"NaN"}"#),
      (#"{"fFloat": 1e38}"#, #"{"fFloat":1e+38}"#), (#"{"fDouble": 1e-400}"#, #"{}"#),
      (#"{"fBytes": "-_8="}"#, #"{"fBytes":"+/8="}"#), (#"{"fBytes": "-_8"}"#, #"{"fBytes":"+/8="}"#),
      (#"{"fColor": 1}"#, #"{"fColor":"COLOR_RED"}"#), (#"{"fColor": 99}"#, #"{"fColor":99}"#),
      (#"{"fInt32": null, "rInt32": null, "mString": null, "wEmpty": null}"#, "{}"),
      (#"{"cNull": null}"#, #"{"cNull":null}"#), (#"{"cValue": null}"#, #"{"cValue":null}"#),
      (#"{"cString": null, "cInt64": "0"}"#, #"{"cInt64":"0"}"#), (#"{"wInt64": 0}"#, #"{"wInt64":"0"}"#),
      (#"{"wValue": [1, {"a": null}]}"#, #"{"wValue":[1,{"a":null}]}"#),
      (#"{"wTimestamp": "2024-01-01T01:00:00+01:00"}"#, #"{"wTimestamp":"2024-01-01T00:00:00Z"}"#),
      (
        #"{"wAny": {"@type": "x/google.protobuf.Duration", "value": "1s"}}"#,
        #"{"wAny":{"@type":"x/google.protobuf.Duration","value":"1s"}}"#
      ),
      (
        #"{"wAny": {"fBool": true, "@type": "x/cairn.test.Everything"}}"#,
        #"{"wAny":{"@type":"x/cairn.test.Everything","fBool":true}}"#
      ),
      (#"{"wAny": {}}"#, #"{"wAny":{}}"#), (#"{"odd": "x"}"#, #"{"odd":"x"}"#),
      (#"{"odd_name": "x"}"#, #"{"odd":"x"}"#),
      (
        #"{"mBool": {"true": "COLOR_RED", "false": 0}}"#,
        #"{"mBool":{"false":"COLOR_UNSPECIFIED","true":"COLOR_RED"}}"#
      ),
      (#"{"mInt32": {"10": {}, "9": {}}}"#, #"{"mInt32":{"9":{},"10":{}}}"#),
      (#"{"fString": "a\u0000b"}"#, #"{"fString":"a\u0000b"}"#),
      // Equivalent in Unicode, and two keys.
      (
        #"{"mString": {"\u00e9": "1", "e\u0301": "2"}}"#,
        "{\"mString\":{\"e\u{301}\":\"2\",\"\u{e9}\":\"1\"}}"
      ),
    ])
  func spellings(text: String, printed: String) throws {
    #expect(try DynamicMessage(json: text, type: type).jsonText() == printed)
  }

  @Test(
    "what does not fit is refused, with the place and the reason",
    arguments: [
      ("[]", "expected an object for cairn.test.Everything, found an array"),
      ("{", "not valid JSON: line 1, column 2: expected a name in double quotes"),
      (#"{"fString": 3}"#, "fString: expected a string, found 3"),
      (
        #"{"rSelf": [{}, {"rSelf": [{"f_string": true}]}]}"#,
        "rSelf[1].rSelf[0].f_string: expected a string, found true"
      ),
      (
        #"{"mInt32": {"7": {"fBool": "true"}}}"#,
        #"mInt32["7"].fBool: expected true or false, found "true""#
      ),
      (
        #"{"mInt32": {"x": {}}}"#,
        #"mInt32["x"]: expected a whole number from -2147483648 to 2147483647, found "x""#
      ),
      (#"{"mInt32": {"1": {}, "1.0": {}}}"#, #"mInt32["1.0"]: the key is there twice"#),
      (#"{"mBool": {"1": 0}}"#, #"mBool["1"]: the key must be "true" or "false""#),
      (
        #"{"fInt32": 2147483648}"#,
        "fInt32: expected a whole number from -2147483648 to 2147483647, found 2147483648"
      ),
      (#"{"fUint32": -1}"#, "fUint32: expected a whole number from 0 to 4294967295, found -1"),
      (#"{"fInt32": 1.5}"#, "fInt32: expected a whole number from -2147483648 to 2147483647, found 1.5"),
      (
        #"{"fInt32": ""}"#,
        #"fInt32: expected a whole number from -2147483648 to 2147483647, found """#
      ),
      (#"{"fFloat": 1e39}"#, "fFloat: expected a number that fits Float, found 1e39"),
      (#"{"fDouble": "0x1p3"}"#, #"fDouble: expected a number, found "0x1p3""#),
      (#"{"fDouble": "inf"}"#, #"fDouble: expected a number, found "inf""#),
      (#"{"fBytes": "a"}"#, "fBytes: the string is not valid base64"),
      (
        #"{"fColor": "COLOR_RDE"}"#,
        #"fColor: cairn.test.Color has no value "COLOR_RDE"; did you mean "COLOR_RED"?"#
      ),
      (
        #"{"rInt32": [1, null]}"#,
        "rInt32[1]: expected a whole number from -2147483648 to 2147483647, found null"
      ),
      (#"{"rInt32": 1}"#, "rInt32: expected an array, found 1"),
      (#"{"mString": []}"#, "mString: expected an object, found an array"),
      (
        #"{"fSelf": {"fStrnig": "x"}}"#,
        #"fSelf: unknown field "fStrnig" of cairn.test.Everything; did you mean "fString"?"#
      ),
      (#"{"f_bool": true, "fBool": true}"#, #""f_bool" and "fBool" are the same field"#),
      (#"{"cString": "", "cInt64": 0}"#, #""cString" and "cInt64" exclude each other (oneof choice)"#),
      (
        #"{"wTimestamp": "now"}"#,
        #"wTimestamp: expected an RFC 3339 time such as "2024-05-01T12:00:00Z", found "now""#
      ),
      (#"{"wDuration": 1}"#, #"wDuration: expected a duration such as "1.5s", found 1"#),
      (
        #"{"wMask": "a_b"}"#,
        #"wMask: expected paths in lowerCamelCase such as "title,owner.displayName", found "a_b""#
      ),
      (
        #"{"wStruct": {"a": {"b": 1e999}}}"#,
        #"wStruct["a"]["b"]: expected a number that fits Double, found 1e999"#
      ),
      (
        #"{"wAny": {"a": 1}}"#,
        #"wAny: an Any needs "@type", such as "type.googleapis.com/google.rpc.ErrorInfo""#
      ),
      (#"{"wAny": {"@type": "x/no.Such"}}"#, #"wAny.@type: no message type is known for "x/no.Such""#),
      (
        #"{"wAny": {"@type": "x/google.protobuf.Duration", "seconds": 1}}"#,
        #"wAny: an Any of google.protobuf.Duration has exactly "@type" and "value""#
      ),
      (#"{"wEmpty": {"a": 1}}"#, #"wEmpty: unknown field "a" of google.protobuf.Empty"#),
    ])
  func refused(text: String, reason: String) {
    #expect { try DynamicMessage(json: text, type: type) } throws: { "\($0)" == reason }
  }

  @Test("unknown names can be passed over")
  func ignoringUnknown() throws {
    let message = try DynamicMessage(
      json: #"{"nothing": [1], "fBool": true}"#, type: type, ignoringUnknownFields: true)
    #expect(message.setFields.map(\.name) == ["f_bool"])
  }

  @Test("defaults and the names of the file on request")
  func options() throws {
    let file = try FileDescriptorSet(
      bytes: Protoc.descriptorSet([
        "a.proto": """
        syntax = "proto3"; message A { int32 one_two = 1; repeated string r = 2; map<string, A> m = 3;
        optional bool o = 4; A a = 5; bytes b = 6; }
        """
      ]))
    let type = try #require(try DescriptorPool(files: file.files).message("A"))
    let message = DynamicMessage(type)
    #expect(
      try message.jsonText(options: .init(includesDefaults: true))
        == #"{"oneTwo":0,"r":[],"m":{},"b":""}"#)
    let other = try DynamicMessage(json: #"{"oneTwo": 5}"#, type: type)
    #expect(try other.jsonText(options: .init(keepsProtoNames: true)) == #"{"one_two":5}"#)
  }

  @Test("messages without a JSON form say where")
  func noForm() throws {
    // w_timestamp { seconds: -1<<60 } in r_self[0]
    let time: [UInt8] = [0x8A, 5, 11, 0x08] + [UInt8](repeating: 0x80, count: 8) + [0xF0, 0x01]
    let message = try DynamicMessage(bytes: [0xAA, 2, UInt8(time.count)] + time, type: type)
    #expect { try message.json() } throws: { "\($0)".hasPrefix("rSelf[0].wTimestamp: ") }

    var value = DynamicMessage(try #require(type.pool.message("google.protobuf.Value")))
    #expect(throws: ProtoJSONError.self) { try value.json() }
    try value.set("number_value", to: .double(.infinity))
    #expect(throws: ProtoJSONError.self) { try value.json() }
  }

  @Test("types that only have the name of a well-known one are ordinary messages")
  func falseWellKnown() throws {
    let source = """
      syntax = "proto3"; package google.protobuf;
      message Timestamp { string at = 1; } message ListValue { string x = 1; } message Struct { int32 y = 1; }
      enum NullValue { NULL_VALUE = 0; }
      message Value { oneof kind { NullValue null_value = 1; double number_value = 2; string string_value = 3;
        bool bool_value = 4; Struct struct_value = 5; ListValue list_value = 6; } }
      """
    let set = try FileDescriptorSet(bytes: Protoc.descriptorSet(["false.proto": source]))
    let pool = try DescriptorPool(files: set.files)
    let time = try #require(pool.message("google.protobuf.Timestamp"))
    #expect(try DynamicMessage(json: #"{"at": "noon"}"#, type: time).jsonText() == #"{"at":"noon"}"#)
    let value = try #require(pool.message("google.protobuf.Value"))
    #expect(throws: ProtoJSONError.self) { try DynamicMessage(json: "{}", type: value) }
    #expect(throws: ProtoJSONError.self) { try DynamicMessage(json: "[1]", type: value) }
    #expect(try DynamicMessage(json: "1.5", type: value).jsonText() == "1.5")
  }

  @Test("an Any of an unknown type can be shown as it is")
  func unknownAny() throws {
    var any = DynamicMessage(try #require(type.pool.message("google.protobuf.Any")))
    try any.set("type_url", to: .string("x/no.Such"))
    try any.set("value", to: .bytes([1]))
    #expect(throws: ProtoJSONError.self) { try any.json() }
    #expect(
      try any.jsonText(options: .init(showsUnknownAny: true)) == #"{"@type":"x/no.Such","@value":"AQ=="}"#)
  }

  @Test("an Any in an Any in an Any … is bounded")
  func anyDepth() throws {
    let anyType = try #require(type.pool.message("google.protobuf.Any"))
    var any = DynamicMessage(anyType)
    for _ in 0..<500 {
      var outer = DynamicMessage(anyType)
      try outer.set("type_url", to: .string("x/google.protobuf.Any"))
      try outer.set("value", to: .bytes(try any.serializedBytes()))
      any = outer
    }
    #expect(throws: ProtoJSONError.self) { try any.json() }
  }

  @Test("names nearby are found, others are not")
  func nearestNames() {
    let known = ["title", "content", "create_time", "context_id"]
    #expect(NearestName.suggestions(for: "titel", among: known) == ["title"])
    #expect(NearestName.suggestions(for: "createTime", among: known) == ["create_time"])
    #expect(NearestName.suggestions(for: "Contnet", among: known) == ["content"])
    #expect(NearestName.suggestions(for: "zebra", among: known) == [])
    #expect(NearestName.hint(for: "zebra", among: ["a", "b"]) == "; there is \"a\", \"b\"")
  }
}
