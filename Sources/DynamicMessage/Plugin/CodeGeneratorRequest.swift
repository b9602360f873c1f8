/// What protoc writes to a plugin's standard input (`google/protobuf/compiler/plugin.proto`).
package struct CodeGeneratorRequest: Sendable {
  /// Names of the files to generate code for; all of them are in `files`.
  package var filesToGenerate: [String]
  /// The text given as `--NAME_opt`, several joined with commas.
  package var parameter: String
  /// Version of protoc, e.g. `3.21.12`.
  package var compilerVersion: String
  /// Every file that is needed, each behind the files that it imports. With comments.
  package var files: [SchemaFile]

  package init(bytes: [UInt8]) throws(UnpackError) {
    let request = try DescriptorShapes.descriptors.withUnpacked(bytes, as: "CodeGeneratorRequest") {
      (request) throws(UnpackError) in
      let version = request.message(3)
      return (
        names: request.strings(1), parameter: request.string(2) ?? "",
        version: [1, 2, 3].map { String(version?.int32($0) ?? 0) }.joined(separator: ".")
          + (version?.string(4) ?? ""),
        files: request.byteArrays(15)
      )
    }
    filesToGenerate = request.names
    parameter = request.parameter
    compilerVersion = request.version
    files = []
    for file in request.files { files.append(try SchemaFile(bytes: file)) }
  }

  /// `parameter` taken apart: `a=b,c` is `a` with `b` and `c` with an empty text. Later ones win.
  package var parameters: [String: String] {
    var result: [String: String] = [:]
    for part in parameter.split(separator: ",") {
      let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      result[String(pair[0])] = pair.count == 2 ? String(pair[1]) : ""
    }
    return result
  }
}
