import Testing
import Wire

@testable import Requests

/// Metadata from JSON text.
func metadata(_ json: String) -> WellKnown.Struct { MetadataJSON.metadata(from: json)! }

@Suite struct MetadataTests {
  @Test(
    "single places are set, made and removed",
    arguments: [
      (["a"], #"{"a":2}"#, #"{"a":1,"b":{"c":1}}"#, #"{"a":2,"b":{"c":1}}"#),
      (["b", "c"], #"{"b":{"c":[3]}}"#, #"{"b":{"c":1,"d":2}}"#, #"{"b":{"c":[3],"d":2}}"#),
      (["b", "c"], #"{}"#, #"{"b":{"c":1,"d":2}}"#, #"{"b":{"d":2}}"#),
      (["x", "y"], #"{"x":{"y":1}}"#, #"{}"#, #"{"x":{"y":1}}"#),
      (["x", "y"], #"{}"#, #"{}"#, #"{}"#),
      (["a", "b"], #"{"a":{"b":1}}"#, #"{"a":"text"}"#, #"{"a":{"b":1}}"#),
      (["a", "b"], #"{}"#, #"{"a":"text"}"#, #"{"a":"text"}"#),
    ])
  func places(_ keys: [String], _ given: String, _ stored: String, _ expected: String) {
    let path = MetadataPath(keys: keys.map { TextKey($0) })
    let patch = MetadataPatch.set([path: metadata(given)[path]])
    #expect(patch.applied(to: metadata(stored)) == metadata(expected))
  }

  @Test("metadata that are replaced or kept do not depend on what is stored")
  func whole() {
    #expect(MetadataPatch.replace(nil).applied(to: metadata(#"{"a":1}"#)) == nil)
    #expect(MetadataPatch.keep.applied(to: metadata(#"{"a":1}"#)) == metadata(#"{"a":1}"#))
    #expect(!MetadataPatch.replace(nil).needsStored && !MetadataPatch.keep.needsStored)
  }

  private func violations(_ value: WellKnown.Struct) -> [String] {
    var violations = Violations()
    _ = violations.metadata(value, at: "m")
    return violations.listed.map { "\($0.field) \($0.description)" }
  }

  @Test("what JSON cannot hold is named by its place")
  func places() {
    let bad: [WellKnown.Value] = [
      WellKnown.Value(.numberValue(.nan)), WellKnown.Value(.stringValue("\0")), WellKnown.Value(),
    ]
    let value = WellKnown.Struct(fields: [
      "a": WellKnown.Value(.listValue(WellKnown.ListValue(values: bad)))
    ])
    #expect(
      violations(value) == [
        "m.a[0] must be a finite number", "m.a[1] must not contain NUL (U+0000)", "m.a[2] has no value",
      ])
    #expect(violations(WellKnown.Struct(fields: ["\0": .null])) == ["m has a key that contains NUL (U+0000)"])
  }

  @Test("size and depth are bounded")
  func bounds() {
    func nested(_ levels: Int) -> WellKnown.Struct {
      var value = WellKnown.Struct()
      for _ in 1..<levels { value = WellKnown.Struct(fields: ["k": WellKnown.Value(.structValue(value))]) }
      return value
    }
    #expect(violations(nested(32)).isEmpty)
    #expect(violations(nested(33)).count == 1)
    let text = {
      WellKnown.Struct(fields: ["k": WellKnown.Value(.stringValue(String(repeating: "x", count: $0)))])
    }
    #expect(violations(text(Limits.metadataBytes - 8)).isEmpty)
    #expect(violations(text(Limits.metadataBytes)) == ["m must have at most 65536 bytes as JSON text"])
    let many = WellKnown.ListValue(values: Array(repeating: WellKnown.Value(), count: 1_000_000))
    #expect(!violations(WellKnown.Struct(fields: ["k": WellKnown.Value(.listValue(many))])).isEmpty)
  }

  @Test(
    "metadata survive their JSON text",
    arguments: [
      "{}", #"{"":null}"#, #"{"a":[1,-2.5,1e300,5e-324,true,false,null,"\u0001\ud83e\udea8",{"b":[]}]}"#,
    ])
  func text(_ json: String) {
    let value = metadata(json)
    #expect(MetadataJSON.metadata(from: MetadataJSON.text(of: value)!) == value)
  }
}
