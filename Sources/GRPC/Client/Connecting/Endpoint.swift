import EventLoop

/// An address of a target, and what it was found under.
struct Endpoint: Hashable, Sendable {
  let address: SocketAddress
  /// For `:authority`, and what the server's certificate has to be for: `HOST:PORT` as the target has it,
  /// `localhost` on unix sockets.
  let authority: String

  init(_ address: SocketAddress, _ authority: String) {
    self.address = address
    self.authority = authority
  }

  /// The order in which they are tried: the families of addresses take turns, so that one which leads nowhere
  /// costs one attempt. The first stays the first. Source: RFC 8305 §4.
  static func interleaved(_ endpoints: [Endpoint]) -> [Endpoint] {
    var families: [Int32] = []
    for endpoint in endpoints where !families.contains(endpoint.address.family) {
      families.append(endpoint.address.family)
    }
    let groups = families.map { family in endpoints.filter { $0.address.family == family } }
    let longest = groups.map(\.count).max() ?? 0
    return (0..<longest).flatMap { place in groups.compactMap { place < $0.count ? $0[place] : nil } }
  }
}
