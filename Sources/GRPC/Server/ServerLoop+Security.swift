import EventLoop
import HTTP2

extension ServerLoop {
  /// Takes an accepted socket; with `tls` it becomes a connection when the handshake is done.
  func adopt(_ descriptor: Int32, peer: SocketAddress, tls: TLSServerCredentials?) {
    guard let tls else { return serve(ByteTransport(descriptor: descriptor), peer: peer) }
    let handshake = TLSHandshake(.server, tls.current, descriptor: descriptor, on: loop) {
      [unowned self] handshake, result in
      handshakes[ObjectIdentifier(handshake)] = nil
      switch result {
      case .success(let transport): serve(transport, peer: peer)
      case .failure(let error):
        configuration.onTLSFailure?(peer, error)
        socketClosed()
      }
    }
    handshakes[ObjectIdentifier(handshake)] = handshake
    handshake.start(timeout: configuration.tlsHandshakeTimeout)
    if isDraining { handshake.cancel() }
  }
}
