import GRPC

/// What to try when no connection could be made.
enum ConnectionHint {
  /// Nil where the server itself answered, or where the failure says all there is to say.
  static func text(_ error: RPCError, calling address: String) -> String? {
    guard error.code == .unavailable, error.details.isEmpty else { return nil }
    func says(_ text: String) -> Bool { error.message.contains(text) }
    if says("cannot resolve") { return "Is the name of --address right, and is there a name server?" }
    if says("the server speaks TLS") {
      return "Give --tls, and --ca FILE when its CA is not one of the system's."
    }
    if says("certificate is refused") {
      return "Give --ca FILE to trust its CA, or --server-name NAME when its certificate is for another name."
    }
    if says("does not speak HTTP/2") || says("the server answers HTTP/1") {
      return "Something else than a gRPC server listens on \(address)."
    }
    if says("TLS with ") {
      return "Does the server speak TLS? Without --tls and --ca calls are in plaintext."
    }
    if says("Connection refused") || says("No such file or directory") {
      return "Does a server listen on \(address)? `cairn serve` starts one."
    }
    if says("unreachable") || says("timed out") || says("took too long") {
      return "Is there a way to \(address), or does a firewall stand in it?"
    }
    return nil
  }
}
