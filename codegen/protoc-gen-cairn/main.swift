import DynamicMessage
import Glibc

// protoc writes a CodeGeneratorRequest to standard input and reads a CodeGeneratorResponse from standard
// output. What is wrong with a `.proto` file goes into the response; only a request that cannot be read at
// all ends the process with a failure.
do {
  let request = try CodeGeneratorRequest(bytes: StandardStreams.readAll())
  StandardStreams.write(Generator(request).respond().serializedBytes())
} catch {
  StandardStreams.complain("protoc-gen-cairn: the request on standard input cannot be read: \(error)\n")
  exit(1)
}
