import Foundation

/// The schema compiler, which comes with the system.
enum Protoc {
  static func find() throws -> URL {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin"
    let candidates = path.split(separator: ":").map { URL(filePath: String($0)).appending(path: "protoc") }
    guard let found = candidates.first(where: { FileManager.default.isExecutableFile(atPath: $0.path) })
    else {
      throw PluginError(
        "protoc is not in PATH; it generates the messages from the .proto files. On Debian: "
          + "apt-get install protobuf-compiler libprotobuf-dev")
    }
    return found
  }
}
