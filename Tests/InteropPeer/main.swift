// A server and a client of gRPC's interoperability tests, on the runtime of Cairn.
//
//   InteropPeer serve --listen HOST:PORT
//   InteropPeer call HOST:PORT CASE
//   InteropPeer steady TARGET
//   InteropPeer retry TARGET
//
// `call` prints nothing and exits with 0 when the case passed, else says what was not as it must be. `steady`
// makes calls until standard input ends and prints how many were answered and how many were cancelled; none may fail
// otherwise. `retry` makes one call with a retry policy.

import EventLoop
import GRPC
import Glibc

func fail(_ message: String) -> Never {
  let text = Array("InteropPeer: \(message)\n".utf8)
  _ = write(STDERR_FILENO, text, text.count)
  exit(1)
}

func serve(_ listen: String) {
  // Before the first thread, so that all of them leave the signal to this one.
  var signals = sigset_t()
  sigemptyset(&signals)
  sigaddset(&signals, SIGTERM)
  pthread_sigmask(SIG_BLOCK, &signals, nil)

  let group = EventLoopGroup(loops: 1)
  let server = GRPCServer(services: [TestService()], group: group)
  do {
    let wanted = try SocketAddress.resolve(listen)[0]
    let address = try group.loops[0].runBlocking { () async throws(SocketError) in
      try await server.listen(wanted)
    }
    print("cairn: listening on \(address)")
    fflush(nil)
  } catch {
    fail("\(error)")
  }
  var number: Int32 = 0
  sigwait(&signals, &number)
  _ = group.loops[0].runBlocking { () async in await server.drain(within: .seconds(5)) }
}

func call(_ target: String, _ name: String) {
  guard let test = InteropCase.all[name] else {
    fail("no case \(name); there are \(InteropCase.all.keys.sorted().joined(separator: ", "))")
  }
  let loop = EventLoopGroup(loops: 1).loops[0]
  let problem = loop.runBlocking { () async -> String? in
    let channel = Channel(target, on: loop)
    do {
      try await test(channel)
    } catch {
      return "\(name): \(error)"
    }
    await channel.close()
    return nil
  }
  if let problem { fail(problem) }
}

func run(_ body: @escaping @Sendable (EventLoop) async throws(RPCError) -> Void) {
  let loop = EventLoopGroup(loops: 1).loops[0]
  do throws(RPCError) {
    try loop.runBlocking { () async throws(RPCError) in try await body(loop) }
  } catch {
    fail("\(error)")
  }
}

let arguments = Array(CommandLine.arguments.dropFirst())
switch (arguments.first, arguments.count) {
case ("serve", 3) where arguments[1] == "--listen": serve(arguments[2])
case ("call", 3): call(arguments[1], arguments[2])
case ("steady", 2):
  run { loop async throws(RPCError) in
    let (answered, cancelled) = try await ChannelRun.steady(arguments[1], on: loop)
    print(answered, cancelled)
  }
case ("retry", 2): run { loop async throws(RPCError) in try await ChannelRun.retry(arguments[1], on: loop) }
default:
  fail("usage: InteropPeer serve --listen HOST:PORT | call HOST:PORT CASE | steady TARGET | retry TARGET")
}
