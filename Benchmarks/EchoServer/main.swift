// An echo server on the runtime of Cairn, for `make bench` and for tests of the transport alone.
//
//   EchoServer [--listen HOST:PORT] [--loops N] [--tls-cert FILE --tls-key FILE] [LIMIT…]
//
// The limits are in Options.swift.

import EventLoop
import GRPC
import Glibc
import HTTP2

// Before the first thread, so that all of them leave the signal to this one.
var signals = sigset_t()
sigemptyset(&signals)
sigaddset(&signals, SIGTERM)
pthread_sigmask(SIG_BLOCK, &signals, nil)

let group = EventLoopGroup(loops: option("--loops").flatMap { Int($0) } ?? 1)
let server = GRPCServer(
  services: [EchoService()], interceptors: [MetadataEcho(), FailureDetails()],
  configuration: .fromArguments, group: group)
do {
  let wanted = try SocketAddress.resolve(option("--listen") ?? "127.0.0.1:0")[0]
  var tls: TLSServerCredentials?
  if let certificate = option("--tls-cert"), let key = option("--tls-key") {
    tls = try TLSServerCredentials(TLSServerFiles(certificate: certificate, key: key))
  }
  let credentials = tls
  let address = try group.loops[0].runBlocking { () async throws(SocketError) in
    try await server.listen(wanted, tls: credentials)
  }
  print("cairn: listening on \(address)")
  fflush(nil)
} catch {
  print(error)
  exit(1)
}

var number: Int32 = 0
sigwait(&signals, &number)
_ = group.loops[0].runBlocking { () async in await server.drain(within: .seconds(5)) }
