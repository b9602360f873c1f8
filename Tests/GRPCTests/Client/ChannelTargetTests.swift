import EventLoop
import Testing

@testable import GRPC

@Suite struct ChannelTargetTests {
  static let readable: [(text: String, endpoints: [String], isFixed: Bool, authority: String)] = [
    ("127.0.0.1:7433", ["127.0.0.1:7433"], false, "127.0.0.1:7433"),
    ("example.com:80", ["example.com:80"], false, "example.com:80"),
    ("[::1]:7433", ["[::1]:7433"], false, "[::1]:7433"),
    ("dns:///example.com:80", ["example.com:80"], false, "example.com:80"),
    ("dns:example.com:80", ["example.com:80"], false, "example.com:80"),
    ("a:1,b:2", ["a:1", "b:2"], false, "a:1"),
    ("ipv4:127.0.0.1:1,127.0.0.2:2", ["127.0.0.1:1", "127.0.0.2:2"], true, "127.0.0.1:1"),
    ("ipv6:[::1]:1,[::2]:2", ["[::1]:1", "[::2]:2"], true, "[::1]:1"),
    ("unix:/run/a.sock", ["unix:/run/a.sock"], true, "localhost"),
    ("unix:///run/a.sock", ["unix:///run/a.sock"], true, "localhost"),
    ("unix:a,b.sock", ["unix:a,b.sock"], true, "localhost"),
  ]

  @Test("every form of a target is read", arguments: readable.indices)
  func read(_ index: Int) throws {
    let expected = Self.readable[index]
    let target = try ChannelTarget(expected.text)
    #expect(target.endpoints == expected.endpoints, "\(expected.text)")
    #expect(target.isFixed == expected.isFixed, "\(expected.text)")
    #expect(target.authority == expected.authority, "\(expected.text)")
  }

  @Test(
    "what is no target is refused with its text",
    arguments: [
      "", "localhost", ":80", "localhost:", "localhost:http", "localhost:65536", "a:1,", ",a:1", "a:1,,b:2",
      "dns://8.8.8.8/example.com:80", "dns:///", "ipv4:example.com:80", "ipv4:127.0.0.1", "ipv6:::1:80",
      "http://example.com:80",
    ])
  func refuse(_ text: String) {
    let error = #expect(throws: SocketError.self) { try ChannelTarget(text) }
    #expect(error?.address == text)
  }

  @Test("a list gives the addresses of all that have some, in order and once")
  func resolve() throws {
    let target = try ChannelTarget("127.0.0.2:1,nowhere.invalid:2,127.0.0.1:3,127.0.0.2:1")
    #expect(
      try target.resolve(SocketAddress.resolve) == [
        SocketAddress(.ipv4(host: "127.0.0.2", port: 1)), SocketAddress(.ipv4(host: "127.0.0.1", port: 3)),
      ])
    #expect(throws: SocketError.self) {
      try ChannelTarget("nowhere.invalid:2").resolve(SocketAddress.resolve)
    }
  }
}
