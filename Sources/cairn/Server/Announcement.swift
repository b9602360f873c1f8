import EventLoop
import Glibc

/// What a server prints when it is ready: where it listens, where the data are, what to try.
enum Announcement {
  static func print(_ addresses: [SocketAddress], _ database: Database) {
    for address in addresses { Swift.print("cairn: listening on \(address)") }
    Swift.print("cairn: data in \(database.summary)")
    if let address = addresses.first { Swift.print(trial(address.description)) }
    fflush(nil)
  }

  private static func trial(_ address: String) -> String {
    let body = #"'{"context": {"title": "First stone", "content": "Hello"}}'"#
    return """
      cairn: try
        cairn call --address \(address) cairn.v1.ContextService/CreateContext \(body)
        grpcurl -plaintext -d \(body) \(address) cairn.v1.ContextService/CreateContext
      """
  }
}
