import GRPC
import StandardProtos
import Wire

/// Which file declares which symbol, for the services of a server and the types of error details.
package struct ReflectionIndex: Sendable {
  typealias File = ProtoFile

  /// Full names, sorted.
  package let services: [String]
  private var files: [String: ProtoFile] = [:]
  private var symbols: [String: ProtoFile] = [:]

  /// - Parameter services: What the server serves, without health and reflection, which are added.
  package init(services: [ServiceDescriptor]) {
    let all =
      services + [HealthService.descriptor, ReflectionService.descriptor, AlphaReflectionService.descriptor]
    self.services = all.map(\.name).sorted()
    for file in all.map(\.file) + StandardFiles.all + StandardServiceFiles.all { add(file) }
  }

  private mutating func add(_ file: ProtoFile) {
    guard files[file.name] == nil else { return }
    files[file.name] = file
    do throws(WireError) {
      for symbol in try FileSymbols.names(in: file.serialized) { symbols[symbol] = file }
    } catch {
      preconditionFailure("the descriptor of \(file.name) is broken: \(error)")
    }
    for dependency in file.dependencies { add(dependency) }
  }

  func file(named name: String) -> ProtoFile? { files[name] }
  func file(declaring symbol: String) -> ProtoFile? { symbols[symbol] }

  /// The serialized file, then everything it imports, each once.
  func closure(of file: ProtoFile) -> [[UInt8]] {
    var seen: Set<String> = []
    var out: [[UInt8]] = []
    var waiting = [file]
    while let next = waiting.popLast() {
      guard seen.insert(next.name).inserted else { continue }
      out.append(next.serialized)
      waiting += next.dependencies
    }
    return out
  }
}
