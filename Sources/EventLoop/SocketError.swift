import Glibc

/// Why an address could not be read, resolved, listened on or reached.
package struct SocketError: Error, Sendable, CustomStringConvertible {
  package let address: String
  package let problem: String
  /// `errno`, when the system refused.
  package let code: Int32?

  package init(address: String, problem: String, code: Int32? = nil) {
    self.address = address
    self.problem = problem
    self.code = code
  }

  init(_ address: SocketAddress, _ action: String, code: Int32) {
    self.init(
      address: address.description, problem: "\(action): \(String(cString: strerror(code)))", code: code)
  }

  package var description: String { "\(address): \(problem)" }
}
