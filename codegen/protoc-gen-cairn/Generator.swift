import DynamicMessage

/// What the generator refuses, in words for the author of the `.proto` file.
struct GeneratorError: Error {
  let message: String
}

/// From protoc's request to its response.
struct Generator {
  let request: CodeGeneratorRequest

  init(_ request: CodeGeneratorRequest) { self.request = request }

  func respond() -> CodeGeneratorResponse {
    do throws(GeneratorError) {
      let options = try GeneratorOptions(request.parameters)
      let catalog = TypeCatalog(request.files)
      var outputs: [CodeGeneratorResponse.File] = []
      for file in request.files where request.filesToGenerate.contains(file.name) {
        try FileCheck(catalog).check(file)
        let emitter = FileEmitter(file, catalog: catalog, options: options)
        outputs.append(.init(name: SwiftNames.outputName(of: file.name), content: emitter.emit()))
      }
      return CodeGeneratorResponse(files: outputs)
    } catch {
      return CodeGeneratorResponse(error: error.message)
    }
  }
}
