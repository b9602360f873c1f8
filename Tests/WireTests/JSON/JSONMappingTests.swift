import Testing
import Wire

@Suite("ProtoJSON")
struct JSONMappingTests {
  /// Texts about which nothing needs to be said but what Python makes of them.
  static let texts = [
    #"{}"#, #"null"#, #"[]"#, #"{"oneInt32": 1}"#, #"{"one_int32": 1}"#, #"{"oneInt32": 1, "one_int32": 2}"#,
    #"{"oneInt32": "1"}"#, #"{"oneInt32": 1.0}"#, #"{"oneInt32": 1e2}"#, #"{"oneInt32": "1e2"}"#,
    #"{"oneInt32": 1.5}"#, #"{"oneInt32": 2147483648}"#, #"{"oneInt32": -2147483648}"#,
    #"{"oneInt32": ""}"#, #"{"oneInt32": " 1"}"#, #"{"oneInt32": "0x1"}"#, #"{"oneInt32": null}"#,
    #"{"oneInt32": [1]}"#, #"{"oneInt32": {}}"#, #"{"oneUint32": -1}"#, #"{"oneUint32": 4294967295}"#,
    #"{"oneInt64": "9223372036854775807"}"#, #"{"oneInt64": 9223372036854775807}"#,
    #"{"oneInt64": 9223372036854775808}"#, #"{"oneUint64": 18446744073709551615}"#,
    #"{"oneUint64": "18446744073709551616"}"#, #"{"oneBool": true}"#, #"{"oneBool": 1}"#,
    #"{"oneString": "a\u0000\ud83d\ude00"}"#, #"{"oneString": "\ud83d"}"#, #"{"oneString": 5}"#,
    #"{"oneBytes": "AQI="}"#, #"{"oneBytes": "AQI"}"#, #"{"oneBytes": "-_8="}"#, #"{"oneBytes": "+/8="}"#,
    #"{"oneDouble": "NaN"}"#, #"{"oneDouble": "-Infinity"}"#, #"{"oneDouble": 1e308}"#,
    #"{"oneDouble": "1.5"}"#, #"{"oneDouble": -0.0}"#, #"{"oneDouble": "abc"}"#, #"{"oneDouble": true}"#,
    #"{"oneFloat": 3.4028235e38}"#, #"{"oneFloat": 3.5e38}"#, #"{"oneFloat": "Infinity"}"#,
    #"{"oneShade": "SHADE_DARK"}"#, #"{"oneShade": 70000}"#, #"{"oneShade": 5}"#, #"{"oneShade": "dark"}"#,
    #"{"oneShade": "SHADE_PALE"}"#, #"{"oneShade": null}"#, #"{"oneLeaf": {}}"#, #"{"oneLeaf": null}"#,
    #"{"oneLeaf": []}"#, #"{"oneLeaf": {"x": 1}}"#, #"{"maybeInt32": 0}"#, #"{"manyInt32": [1, "2"]}"#,
    #"{"manyInt32": [1, null]}"#, #"{"manyInt32": 1}"#, #"{"manyInt32": null}"#, #"{"manyLeaf": [{}, {}]}"#,
    #"{"mapInt32": {"1": 2}}"#, #"{"mapInt32": {"x": 2}}"#, #"{"mapInt32": {"1": null}}"#,
    #"{"mapBool": {"true": false}}"#, #"{"mapBool": {"1": false}}"#, #"{"mapString": []}"#,
    #"{"mapStringShade": {"a": "SHADE_LIGHT"}}"#, #"{"mapStringLeaf": {"a": {}}}"#,
    #"{"choiceInt32": 1, "choiceBool": true}"#, #"{"choiceInt32": 1, "choiceBool": null}"#,
    #"{"choiceNull": null}"#, #"{"choiceNull": "NULL_VALUE"}"#, #"{"otherName": "r"}"#, #"{"renamed": "r"}"#,
    #"{"oddName2x": "o"}"#, #"{"odd__name_2x": "o"}"#, #"{"unknown": 1}"#,
    #"{"timestamp": "2026-01-31T12:00:00Z"}"#, #"{"timestamp": "2026-01-31T12:00:00.123456789+01:00"}"#,
    #"{"timestamp": "2026-02-30T12:00:00Z"}"#, #"{"timestamp": "2026-01-31"}"#, #"{"timestamp": 5}"#,
    #"{"timestamp": "0001-01-01T00:00:00Z"}"#, #"{"timestamp": "0000-12-31T23:59:59Z"}"#,
    #"{"duration": "1.5s"}"#, #"{"duration": "-0.000000001s"}"#, #"{"duration": "1"}"#,
    #"{"duration": "315576000001s"}"#, #"{"fieldMask": "a.fooBar,c"}"#, #"{"fieldMask": ""}"#,
    #"{"fieldMask": "foo_bar"}"#, #"{"struct": {"a": [1, null, {"b": "c"}]}}"#, #"{"struct": []}"#,
    #"{"value": null}"#, #"{"value": 1}"#, #"{"value": [[]]}"#, #"{"list": [1, "a"]}"#, #"{"list": {}}"#,
    #"{"values": [null, 1]}"#, #"{"valueMap": {"a": null}}"#, #"{"doubleValue": 1.5}"#,
    #"{"doubleValue": null}"#, #"{"int64Value": "5"}"#, #"{"boolValue": false}"#, #"{"stringValue": ""}"#,
    #"{"bytesValue": "AA=="}"#, #"{"uint32Value": -1}"#, #"{"empty": {}}"#, #"{"empty": {"a": 1}}"#,
    #"{"any": {}}"#, #"{"any": {"@type": "type.googleapis.com/wiretest.Leaf", "name": "n"}}"#,
    #"{"any": {"name": "n", "@type": "type.googleapis.com/wiretest.Leaf"}}"#,
    #"{"any": {"@type": "type.googleapis.com/google.protobuf.Duration", "value": "1s"}}"#,
    #"{"any": {"@type": "type.googleapis.com/no.Such"}}"#, #"{"any": {"name": "n"}}"#,
    #"{"any": {"@type": "type.googleapis.com/google.protobuf.Any", "value": {"#
      + #""@type": "type.googleapis.com/google.protobuf.Int64Value", "value": "4"}}}"#,
  ]

  /// Where we are as strict as the specification, and Python is not.
  static let refusedByUsAlone: Set<String> = [
    #"[]"#, #"{"oneInt32": 1, "one_int32": 2}"#, #"{"oneDouble": true}"#, #"{"oneLeaf": []}"#,
  ]
  /// Where Python is stricter than the specification.
  static let refusedByPythonAlone: Set<String> = [#"{"oneFloat": 3.4028235e38}"#]

  @Test("a text is the message that it is to Python, or refused as it is there")
  func differential() throws {
    let answers = try Oracle.ask("json", [], Self.texts)
    try #require(answers.count == Self.texts.count)
    for (text, answer) in zip(Self.texts, answers) {
      var ours = "refused"
      if let message = try? Everything(json: text, VectorTests.parsing) {
        ours = Hex.encode(message.serializedBytes())
      }
      if Self.refusedByUsAlone.contains(text) {
        #expect(ours == "refused" && answer != "refused", "\(text)")
      } else if Self.refusedByPythonAlone.contains(text) {
        #expect(ours != "refused" && answer == "refused", "\(text)")
      } else {
        #expect(ours == answer, "\(text)")
      }
    }
  }

  @Test(
    "an error names the field by its path",
    arguments: [
      (
        #"{"selves": [{}, {"ring": {"next": {"nope": 1}}}]}"#,
        "selves[1].ring.next.nope: wiretest.Everything has no such field"
      ),
      (
        #"{"mapStringLeaf": {"a": {"size": "x"}}}"#,
        #"mapStringLeaf["a"].size: x is not an integer from -9223372036854775808 to 9223372036854775807"#
      ),
      (#"{"one_leaf": {"kind": "RED"}}"#, #"one_leaf.kind: wiretest.Leaf.Kind has no value "RED""#),
      (#"{"manyLeaf": [{}, 5]}"#, "manyLeaf[1]: expected an object, found a number"),
      (
        #"{"timestamp": "now"}"#,
        "timestamp: expected a time of RFC 3339 such as 2026-01-31T12:00:00Z"
      ),
      (#"{"any": {"@type": "x/no.Such"}}"#, "any: the type no.Such is not known here"),
      (#"{"oneInt32": 1"#, "line 1, column 15: expected `,` or `}`"),
    ])
  func errorPath(text: String, expected: String) {
    #expect { try Everything(json: text, VectorTests.parsing) } throws: { "\($0)" == expected }
  }

  @Test("unknown fields and enum names are stepped over on request")
  func ignoringUnknown() throws {
    var options = JSONParsing()
    options.ignoresUnknown = true
    let text = #"""
      {"nope": {"a": [1]}, "oneInt32": 3, "oneShade": "RED", "manyShade": ["RED", "SHADE_DARK"],
       "mapStringShade": {"a": "RED", "b": "SHADE_LIGHT"}}
      """#
    let message = try Everything(json: text, options)
    #expect(
      message
        == .with {
          $0.oneInt32 = 3
          $0.manyShade = [.dark]
          $0.mapStringShade = ["b": .light]
        })
  }

  @Test("fields are written by JSON name in the order of their numbers, defaults only on request")
  func printing() throws {
    let leaf = Leaf.with { $0.size = 5 }
    #expect(try leaf.json() == #"{"size":"5"}"#)
    var options = JSONPrinting()
    options.includesDefaults = true
    #expect(try leaf.json(options) == #"{"name":"","size":"5","kind":"UNKNOWN"}"#)
    let message = Everything.with {
      $0.last = "l"
      $0.oneShade = .dark
      $0.renamed = "r"
    }
    #expect(try message.json() == #"{"oneShade":"SHADE_DARK","otherName":"r","last":"l"}"#)
    options = JSONPrinting()
    options.usesProtoNames = true
    #expect(try message.json(options) == #"{"one_shade":"SHADE_DARK","renamed":"r","last":"l"}"#)
  }

  @Test("what has no JSON form is an error with its path")
  func withoutForm() {
    let messages: [(Everything, String)] = [
      (.with { $0.value = .init() }, "value: a Value without a kind has no JSON form"),
      (
        .with { $0.timestamp = .init(seconds: .max) },
        "timestamp: the Timestamp is not in the years 1 to 9999"
      ),
      (
        .with { $0.duration = .init(seconds: 1, nanos: -1) },
        "duration: the Duration is out of range, or of two signs"
      ),
      (.with { $0.fieldMask = .init(paths: ["A"]) }, "fieldMask: a path of the FieldMask has no JSON form"),
      (.with { $0.any = .init(Leaf()) }, "any: the type wiretest.Leaf is not known here"),
    ]
    for (message, expected) in messages {
      #expect { try message.json() } throws: { "\($0)" == expected }
    }
  }
}
