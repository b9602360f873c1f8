/// The content of a protoset (`protoc --descriptor_set_out --include_imports`).
package struct FileDescriptorSet: Sendable {
  package var files: [SchemaFile]

  package init(bytes: [UInt8]) throws(UnpackError) {
    let serialized = try DescriptorShapes.descriptors.withUnpacked(bytes, as: "FileDescriptorSet") {
      (set) throws(UnpackError) in set.byteArrays(1)
    }
    files = []
    for file in serialized { files.append(try SchemaFile(bytes: file)) }
  }
}
