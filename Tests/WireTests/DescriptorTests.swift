import DynamicMessage
import Testing
import Wire

@Suite("Descriptors for reflection")
struct DescriptorTests {
  @Test("a generated file carries the descriptor that protoc makes of it, and those it imports")
  func generated() throws {
    let files = try FileDescriptorSet(bytes: Oracle.descriptorSet.get()).files
    let expected = try #require(files.first { $0.name == "wiretest/everything.proto" })
    let file = WiretestEverythingDescriptor.file
    #expect(file.name == expected.name)
    #expect(file.serialized == expected.serialized)
    #expect(file.dependencies.map(\.name) == expected.dependencies)
  }

  @Test("the well-known types' files are complete")
  func wellKnown() throws {
    for file in WiretestEverythingDescriptor.file.dependencies {
      let schema = try SchemaFile(bytes: file.serialized)
      #expect(schema.name == file.name)
      #expect(schema.dependencies == file.dependencies.map(\.name))
    }
    let types = try WiretestEverythingDescriptor.file.dependencies.flatMap {
      try SchemaFile(bytes: $0.serialized).messages.map(\.fullName)
    }
    let registry = TypeRegistry()
    for type in types { #expect(registry.schema(named: type) != nil, "\(type)") }
    #expect(types.count == 17)
  }
}
