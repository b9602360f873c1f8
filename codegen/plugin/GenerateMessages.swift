import Foundation
import PackagePlugin

/// Generates Swift for every `.proto` file in a target's `Protos` folder, one protoc command a file.
///
/// The folder may hold links into the package's own `Protos`, so that a new file is noticed. What follows
/// `Protos/` is the name that other files import it by. `protos.json` in the target may say more, see
/// ``Configuration``.
@main struct GenerateMessages: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: Target) throws -> [Command] {
    guard let target = target as? SourceModuleTarget else { return [] }
    let generator = try context.tool(named: "protoc-gen-cairn").url
    let protoc = try Protoc.find()
    let configurationFile = target.directoryURL.appending(path: "protos.json")
    let configuration = try Configuration(contentsOf: configurationFile)
    let search = SearchPath([
      target.directoryURL.appending(path: "Protos"), context.package.directoryURL.appending(path: "Protos"),
      URL(filePath: "/usr/include"), URL(filePath: "/usr/share/grpc-proto"),
    ])
    let ownFiles = target.sourceFiles(withSuffix: "proto").compactMap { search.importName(of: $0.url) }
    return try (Set(ownFiles).union(configuration.systemFiles)).sorted().map { name in
      let output = context.pluginWorkDirectoryURL.appending(path: Self.outputName(of: name))
      return .buildCommand(
        displayName: "Generating messages of \(name)",
        executable: protoc,
        arguments: search.existing.map { "--proto_path=\($0.path)" } + [
          "--plugin=protoc-gen-cairn=\(generator.path)",
          "--cairn_out=\(context.pluginWorkDirectoryURL.path)",
          "--cairn_opt=\(configuration.generatorOptions)",
          name,
        ],
        inputFiles: try search.closure(of: name) + [configurationFile, generator],
        outputFiles: [output])
    }
  }

  /// As the generator names its files: flat.
  private static func outputName(of proto: String) -> String {
    proto.dropLast(".proto".count).replacing("/", with: "_") + ".pb.swift"
  }
}
