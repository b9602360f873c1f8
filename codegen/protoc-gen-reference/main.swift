import DynamicMessage
import Foundation

// protoc writes a CodeGeneratorRequest to standard input and reads a CodeGeneratorResponse from standard output:
// the pages of the reference.
do {
  let request = try CodeGeneratorRequest(bytes: Array(FileHandle.standardInput.readDataToEndOfFile()))
  let response: CodeGeneratorResponse
  do throws(ReferenceError) {
    response = CodeGeneratorResponse(files: try Reference(request).pages())
  } catch {
    response = CodeGeneratorResponse(error: error.message)
  }
  try FileHandle.standardOutput.write(contentsOf: response.serializedBytes())
} catch {
  FileHandle.standardError.write(Data("protoc-gen-reference: \(error)\n".utf8))
  exit(1)
}
