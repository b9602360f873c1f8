import Foundation

/// `protos.json` in a target that uses the plugin.
struct Configuration: Decodable {
  /// Files to generate that come with the system, by the name they are imported by, such as
  /// `grpc/health/v1/health.proto`.
  var systemFiles: [String] = []
  /// `all` (needs a dependency on GRPC), or `none` for messages only.
  var services = "all"
  /// Modules that hold messages of imported files.
  var imports: [String] = []

  init(contentsOf file: URL) throws {
    guard FileManager.default.fileExists(atPath: file.path) else {
      throw PluginError("\(file.path) is missing; it may be as short as {}")
    }
    self = try JSONDecoder().decode(Configuration.self, from: Data(contentsOf: file))
  }

  init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Key.self)
    systemFiles = try values.decodeIfPresent([String].self, forKey: .systemFiles) ?? []
    services = try values.decodeIfPresent(String.self, forKey: .services) ?? "all"
    imports = try values.decodeIfPresent([String].self, forKey: .imports) ?? []
  }

  private enum Key: String, CodingKey { case systemFiles, services, imports }

  var generatorOptions: String {
    (["services=\(services)"] + (imports.isEmpty ? [] : ["imports=\(imports.joined(separator: "+"))"]))
      .joined(separator: ",")
  }
}

/// What keeps the plugin from planning the build, for the one who started it.
struct PluginError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
