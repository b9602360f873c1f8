import DynamicMessage
import Testing

@Suite("Printing as .proto text")
struct ProtoPrinterTests {
  static let source = """
    syntax = "proto3";
    package demo;
    import "google/protobuf/timestamp.proto";

    // A note.
    //
    //   Indented.
    message Note {
      reserved 20 to 30, 40, 100 to max;
      reserved "old";
      // Its title.
      string title = 1;  // Behind.
      optional int32 rank = 2 [deprecated = true];
      repeated int64 loose = 4 [packed = false];
      map<string, Note> children = 5;
      // One of two.
      oneof body {
        string text = 6;
        bytes raw = 7 [json_name = "RAW"];
      }
      google.protobuf.Timestamp at = 8;
      repeated Kind kinds = 9;
      Part part = 10;

      // Kinds.
      enum Kind {
        option allow_alias = true;
        reserved 5 to 7, 100 to max;
        KIND_UNSPECIFIED = 0;
        KIND_A = 1;
        KIND_ALIAS = 1 [deprecated = true];
      }

      message Part {}
    }

    service Notes {
      // Gets one.
      rpc Get(demo.Note) returns (demo.Note) {
        option idempotency_level = NO_SIDE_EFFECTS;
      }

      // Talks.
      rpc Chat(stream demo.Note) returns (stream demo.Note);
    }
    """

  let pool: DescriptorPool

  init() throws {
    let set = try FileDescriptorSet(bytes: Protoc.descriptorSet(["demo.proto": Self.source]))
    pool = try DescriptorPool(files: set.files)
  }

  private func text(_ name: String) throws -> String {
    ProtoPrinter.print(try #require(pool.symbol(name)))
  }

  @Test("a message and a service print as they were written")
  func roundTrip() throws {
    let printed = try ["demo.Note", "demo.Notes"].map(text).joined(separator: "\n\n")
    let start = try #require(Self.source.range(of: "// A note."))
    // Inside the message its own name is short, which the source has in one place.
    #expect(
      printed.replacing("map<string, demo.Note>", with: "map<string, Note>")
        == Self.source[start.lowerBound...])
  }

  @Test(
    "parts print alone",
    arguments: [
      ("demo.Note.title", "// Its title.\nstring title = 1;  // Behind."),
      ("demo.Note.children", "map<string, demo.Note> children = 5;"),
      (
        "demo.Note.body",
        "// One of two.\noneof body {\n  string text = 6;\n  bytes raw = 7 [json_name = \"RAW\"];\n}"
      ),
      ("demo.Note.Part", "message Part {}"), ("demo.Note.KIND_ALIAS", "KIND_ALIAS = 1 [deprecated = true];"),
      ("demo.Notes.Chat", "// Talks.\nrpc Chat(stream demo.Note) returns (stream demo.Note);"),
      ("google.protobuf.Timestamp.seconds", nil),
    ] as [(String, String?)])
  func parts(name: String, expected: String?) throws {
    let printed = try text(name)
    if let expected { #expect(printed == expected) } else { #expect(printed.hasSuffix("int64 seconds = 1;")) }
  }

  @Test("proto2 prints its labels, defaults, groups and extensions")
  func proto2() throws {
    let source = """
      syntax = "proto2";
      message Old {
        extensions 100 to 199;
        required string name = 1;
        optional int32 size = 2 [default = -5];
        optional string text = 3 [default = "a\\"b\\\\"];
        optional bytes raw = 4 [default = "\\001x"];
        optional bool flag = 5 [default = true];
        repeated int32 list = 6 [packed = true];
        repeated int32 loose = 7;
        optional group Part = 8 { optional int32 x = 1; }
        extend Old { optional int32 more = 100; }
      }
      """
    let set = try FileDescriptorSet(bytes: Protoc.descriptorSet(["old.proto": source]))
    let pool = try DescriptorPool(files: set.files)
    #expect(
      ProtoPrinter.print(try #require(pool.symbol("Old"))) == """
        message Old {
          extensions 100 to 199;
          required string name = 1;
          optional int32 size = 2 [default = -5];
          optional string text = 3 [default = "a\\"b\\\\"];
          optional bytes raw = 4 [default = "\\001x"];
          optional bool flag = 5 [default = true];
          repeated int32 list = 6 [packed = true];
          repeated int32 loose = 7;
          optional group Part part = 8;

          message Part {
            optional int32 x = 1;
          }

          extend Old {
            optional int32 more = 100;
          }
        }
        """)
    // The group is no field that can be set, and its bytes are refused by name.
    let old = try #require(pool.message("Old"))
    #expect(throws: UnpackError.group(message: "Old", field: 8)) {
      try DynamicMessage(bytes: [0x43, 0x08, 1, 0x44], type: old)
    }
    #expect(throws: ProtoJSONError.self) { try DynamicMessage(json: #"{"part": {}}"#, type: old) }
  }

  @Test("a pool without an import names what is missing, and with a name twice says where")
  func poolErrors() throws {
    let set = try FileDescriptorSet(bytes: Protoc.descriptorSet(["demo.proto": Self.source]))
    #expect(throws: PoolError.missingTypes(["google.protobuf.Timestamp"])) {
      try DescriptorPool(files: [set.files[1]])
    }
    var twin = set.files[0]
    twin.name = "twin.proto"
    #expect {
      try DescriptorPool(files: set.files + [twin])
    } throws: {
      "\($0)".contains("google/protobuf/timestamp.proto and in twin.proto")
    }
    #expect(try DescriptorPool(files: set.files + set.files).files.count == 2)

    var broken = set.files
    broken[1].messages[0].fields[1].number = 1
    #expect(throws: PoolError.repeatedNumber(message: "demo.Note")) { try DescriptorPool(files: broken) }
  }

  @Test("methods are found by every spelling")
  func methodNames() {
    for name in ["demo.Notes.Get", "demo.Notes/Get", "/demo.Notes/Get"] {
      #expect(pool.method(name)?.fullName == "demo.Notes.Get")
    }
    #expect(pool.method("demo.Notes") == nil)
  }
}
