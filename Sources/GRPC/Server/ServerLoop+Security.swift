import EventLoop
import HTTP2

extension ServerLoop {
  /// Takes an accepted socket; with `tls` it becomes a connection when the handshake is done.
  func adopt(_ descriptor: Int32, peer: SocketAddress, tls: TLSServerCredentials?) {
    guard let tls else { return serve(ByteTransport(descriptor: descriptor), peer: peer) }
    let handshake = TLSHandshake(
      .server, tls.current, descriptor: descriptor, on: loop, budget: handshakeBudget,
      closed: { [unowned self] handshake in
        handshakes.remove(handshake)
        socketClosed()
      },
      completed: { [unowned self] handshake, result in
        switch result {
        case .success(let transport):
          handshakes.remove(handshake)
          serve(transport, peer: peer)
        case .failure(let error): configuration.onTLSFailure?(peer, error)
        }
      })
    let supplanted = handshakes.add(handshake)
    handshake.start(timeout: configuration.handshakeTimeout)
    supplanted?.cancel(because: TLSError("gave way to newer ones, as too many TLS handshakes are under way"))
    if isDraining { handshake.cancel() }
  }
}
