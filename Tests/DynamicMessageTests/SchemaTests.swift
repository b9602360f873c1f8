import DynamicMessage
import Testing

@Suite("Descriptors")
struct SchemaTests {
  static let source = """
    // The file.
    syntax = "proto3";
    package demo.v1;
    option swift_prefix = "";
    import "google/protobuf/timestamp.proto";
    import public "google/protobuf/duration.proto";
    import "google/protobuf/descriptor.proto";

    extend google.protobuf.FieldOptions { string unit = 50001; }

    // Detached.

    // A note.
    // Two lines.
    message Note {
      reserved 20 to 30, 40;
      reserved "old";
      // Its title.
      string title = 1;  // Behind.
      optional int32 rank = 2 [(unit) = "ms", deprecated = true];
      repeated int64 numbers = 3;
      repeated int64 loose = 4 [packed = false];
      map<string, Note> children = 5;
      oneof body {
        string text = 6;
        bytes data_raw = 7 [json_name = "RAW"];
      }
      google.protobuf.Timestamp at = 8;
      Kind kind = 9;
      enum Kind {
        option allow_alias = true;
        KIND_UNSPECIFIED = 0;
        KIND_A = 1;
        KIND_ALIAS = 1 [deprecated = true];
        reserved 5 to 7;
      }
    }
    service Notes {
      // Gets.
      rpc Get(Note) returns (Note) { option idempotency_level = NO_SIDE_EFFECTS; }
      rpc Chat(stream Note) returns (stream Note);
    }
    """

  let file: SchemaFile

  init() throws {
    let set = try FileDescriptorSet(bytes: Protoc.descriptorSet(["demo/notes.proto": Self.source]))
    file = try #require(set.files.last)
  }

  @Test("a file keeps its name, package, syntax, imports and options")
  func fileFacts() {
    #expect(file.name == "demo/notes.proto")
    #expect(file.package == "demo.v1")
    #expect(file.syntax == .proto3)
    #expect(file.dependencies.count == 3)
    #expect(file.publicDependencies == ["google/protobuf/duration.proto"])
    #expect(file.swiftPrefix == "")
    #expect(file.extensions.map(\.extendee) == ["google.protobuf.FieldOptions"])
  }

  @Test("fields carry what the source says about them")
  func fields() throws {
    let note = try #require(file.messages.first)
    #expect(note.fullName == "demo.v1.Note")
    let field = Dictionary(uniqueKeysWithValues: note.fields.map { ($0.name, $0) })
    #expect(field["title"]?.hasPresence == false)
    #expect(field["rank"]?.isProto3Optional == true)
    #expect(field["rank"]?.hasPresence == true)
    #expect(field["rank"]?.isDeprecated == true)
    #expect(field["rank"]?.realOneofIndex == nil)
    #expect(field["numbers"]?.isPacked == true)
    #expect(field["loose"]?.isPacked == false)
    #expect(field["text"]?.realOneofIndex == 0)
    #expect(field["data_raw"]?.jsonName == "RAW")
    #expect(field["at"]?.typeName == "google.protobuf.Timestamp")
    #expect(field["kind"]?.kind == .enum)
    #expect(field["kind"]?.typeName == "demo.v1.Note.Kind")
    #expect(note.oneofs.map(\.isSynthetic) == [false, true])
    let children = try #require(field["children"])
    #expect(note.mapEntry(of: children)?.fields.map(\.name) == ["key", "value"])
    #expect(note.reservedRanges == [20...30, 40...40])
    #expect(note.reservedNames == ["old"])
    #expect(note.enums.first?.allowsAlias == true)
    #expect(note.enums.first?.values.map(\.number) == [0, 1, 1])
    #expect(note.enums.first?.reservedRanges == [5...7])
  }

  @Test("comments stand at what they are written for")
  func comments() throws {
    let note = try #require(file.messages.first)
    #expect(note.comments.leading == " A note.\n Two lines.\n")
    #expect(note.comments.leadingDetached == [" Detached.\n"])
    #expect(note.fields.first?.comments.leading == " Its title.\n")
    #expect(note.fields.first?.comments.trailing == " Behind.\n")
    #expect(file.syntaxComments.leading == " The file.\n")
    #expect(file.services.first?.methods.first?.comments.leading == " Gets.\n")
  }

  @Test("methods know their streams and their idempotency")
  func methods() throws {
    let methods = try #require(file.services.first?.methods)
    #expect(methods.map(\.fullName) == ["demo.v1.Notes.Get", "demo.v1.Notes.Chat"])
    #expect(methods.map(\.isClientStreaming) == [false, true])
    #expect(methods.map(\.isServerStreaming) == [false, true])
    #expect(methods.map(\.idempotency) == [.noSideEffects, .unknown])
    #expect(methods[0].inputType == "demo.v1.Note")
  }

  @Test("a file's own bytes read back as the same file")
  func serialized() throws {
    #expect(try SchemaFile(bytes: file.serialized) == file)
  }

  @Test("a plugin's request is read whole")
  func pluginRequest() throws {
    let request = try CodeGeneratorRequest(
      bytes: Protoc.pluginRequest(["demo/notes.proto": Self.source], parameter: "services=none,x"))
    #expect(request.filesToGenerate == ["demo/notes.proto"])
    #expect(request.parameters == ["services": "none", "x": ""])
    #expect(request.compilerVersion.hasPrefix("3."))
    #expect(request.files.count == 4)
    #expect(request.files.last == file)
  }

  @Test("a plugin's answer has the bytes that plugin.proto asks for")
  func pluginResponse() {
    let response = CodeGeneratorResponse(files: [.init(name: "a", content: "bé")], error: "no")
    #expect(
      response.serializedBytes()
        == [0x0A, 2] + Array("no".utf8) + [0x10, 1, 0x7A, 8, 0x0A, 1] + Array("a".utf8) + [0x7A, 3]
        + Array("bé".utf8))
    #expect(CodeGeneratorResponse().serializedBytes() == [0x10, 1])
  }
}
