import Testing

@Suite("A .proto file that Cairn has no code for")
struct RefusalTests {
  @Test(
    "is refused with the reason",
    arguments: [
      ("syntax = \"proto2\"; message A { optional int32 a = 1; }", "proto2 is not supported"),
      ("message A {}", "proto2 is not supported"),
      (
        "syntax = \"proto2\"; message A { optional group B = 1 {} }",
        "group A.b: groups are not supported; use a message"
      ),
      (
        "syntax = \"proto3\"; import \"google/protobuf/descriptor.proto\";"
          + " message A { google.protobuf.FileOptions o = 1; }",
        "A.o is of type google.protobuf.FileOptions, which a proto2 file declares"
      ),
      ("syntax = \"proto3\"; message A { string a = 1 [no_such = 2]; }", "Option \"no_such\" unknown"),
      ("syntax = \"proto3\"; option no_such = 1; message A {}", "Option \"no_such\" unknown"),
      ("syntax = \"proto3\"; message A { string a = 1; string b = 1; }", "already been used"),
      ("syntax = \"proto3\"; message A { B b = 1; }", "\"B\" is not defined"),
      ("syntax = \"proto4\"; message A {}", "Unrecognized syntax identifier"),
    ])
  func refused(text: String, reason: String) {
    #expect {
      try Generation.run(text: text)
    } throws: { error in
      (error as? Generation.Refused)?.output.contains(reason) ?? false
    }
  }

  @Test("is refused with the options that there are", arguments: ["services=some", "nonsense=1"])
  func options(_ option: String) {
    #expect {
      try Generation.run(text: "syntax = \"proto3\";", options: option)
    } throws: { error in
      (error as? Generation.Refused)?.output.contains("unknown option '\(option)'; there are services=all")
        ?? false
    }
  }
}
