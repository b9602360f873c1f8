import EventLoop
import Glibc

/// What a server prints when it is ready: where it listens, where the data are, what to try.
enum Announcement {
  static func print(_ addresses: [SocketAddress], database: Database, isSecure: Bool) {
    for address in addresses { Swift.print("cairn: listening on \(address)") }
    Swift.print("cairn: data in \(database.summary)")
    if let address = addresses.first { Swift.print(trial(address, isSecure: isSecure)) }
    fflush(nil)
  }

  private static func trial(_ address: SocketAddress, isSecure: Bool) -> String {
    let body = #"'{"context": {"title": "First stone", "content": "Hello"}}'"#
    let isTLS = isSecure && address.port != nil
    return """
      cairn: try
        cairn call --address \(address)\(isTLS ? " --tls" : "") cairn.v1.ContextService/CreateContext \(body)
        grpcurl\(isTLS ? "" : " -plaintext") -d \(body) \(address) cairn.v1.ContextService/CreateContext
      """
  }
}
