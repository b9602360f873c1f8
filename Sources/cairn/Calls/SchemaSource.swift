import DynamicMessage
import GRPC

/// Where descriptors come from: the server's reflection, or a file.
struct SchemaSource {
  private let client: ReflectionClient
  private let protoset: [SchemaFile]?
  /// Whether files of our own API get the comments that reflection leaves out.
  var addsComments = false

  static let option = Option(
    name: "protoset", value: "FILE",
    help:
      "Take descriptors from a descriptor set (protoc --include_imports --descriptor_set_out) and not from "
      + "the server.")

  init(_ arguments: Arguments, _ client: ReflectionClient) throws(InputError) {
    self.client = client
    guard let path = arguments["protoset"] else {
      protoset = nil
      return
    }
    let bytes = try TextFile.bytes(path)
    do throws(UnpackError) {
      protoset = try FileDescriptorSet(bytes: bytes).files
    } catch {
      throw InputError("\(path): \(error)")
    }
  }

  /// Full names of all services.
  func services() async throws(RPCError) -> [String] {
    guard let protoset else { return try await client.services() }
    return protoset.flatMap(\.services).map(\.fullName).sorted()
  }

  /// A pool that has the symbol; nil when nothing has that name.
  ///
  /// A name that is not full is looked for in all services and what they use.
  func pool(declaring symbol: String) async throws(RPCError) -> DescriptorPool? {
    if protoset == nil, symbol.contains(".") {
      do throws(RPCError) {
        return try pool(of: try await client.files(declaring: [symbol]))
      } catch  where error.code == .notFound {
        // It may be the end of a longer name.
      }
    }
    return try await wholePool()
  }

  /// Everything that the services use.
  func wholePool() async throws(RPCError) -> DescriptorPool {
    if let protoset { return try pool(of: protoset) }
    return try pool(of: try await client.files(declaring: try await client.services()))
  }

  private func pool(of files: [SchemaFile]) throws(RPCError) -> DescriptorPool {
    do throws(PoolError) {
      return try DescriptorPool(files: addsComments ? files.map(CommentedFiles.commented) : files)
    } catch {
      throw RPCError(.internal, "the descriptors do not fit together: \(error)")
    }
  }
}
