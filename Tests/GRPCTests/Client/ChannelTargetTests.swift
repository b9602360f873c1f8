import EventLoop
import Testing

@testable import GRPC

@Suite struct ChannelTargetTests {
  static let readable: [(text: String, endpoints: [String], isFixed: Bool)] = [
    ("127.0.0.1:7433", ["127.0.0.1:7433"], false),
    ("example.com:80", ["example.com:80"], false),
    ("[::1]:7433", ["[::1]:7433"], false),
    ("dns:///example.com:80", ["example.com:80"], false),
    ("dns:example.com:80", ["example.com:80"], false),
    ("a:1,b:2", ["a:1", "b:2"], false),
    ("ipv4:127.0.0.1:1,127.0.0.2:2", ["127.0.0.1:1", "127.0.0.2:2"], true),
    ("ipv6:[::1]:1,[::2]:2", ["[::1]:1", "[::2]:2"], true),
    ("unix:/run/a.sock", ["unix:/run/a.sock"], true),
    ("unix:///run/a.sock", ["unix:///run/a.sock"], true),
    ("unix:a,b.sock", ["unix:a,b.sock"], true),
  ]

  @Test("every form of a target is read", arguments: readable.indices)
  func read(_ index: Int) throws {
    let expected = Self.readable[index]
    let target = try ChannelTarget(expected.text)
    #expect(target.endpoints == expected.endpoints, "\(expected.text)")
    #expect(target.isFixed == expected.isFixed, "\(expected.text)")
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

  @Test("a list gives the addresses of all that have some, in order, once, and each with its name")
  func resolve() throws {
    let names = [
      "a:1": [
        SocketAddress(.ipv4(host: "10.0.0.1", port: 1)), SocketAddress(.ipv4(host: "10.0.0.2", port: 1)),
      ],
      "b:1": [SocketAddress(.ipv4(host: "10.0.0.1", port: 1))],
    ]
    let target = try ChannelTarget("a:1,nowhere:2,b:1,a:1")
    let found = try target.resolve { name throws(SocketError) in
      guard let addresses = names[name] else { throw SocketError(address: name, problem: "unknown") }
      return addresses
    }
    #expect(
      found == [
        Endpoint(names["a:1"]![0], "a:1"), Endpoint(names["a:1"]![1], "a:1"),
        Endpoint(names["b:1"]![0], "b:1"),
      ])
    #expect(throws: SocketError.self) {
      try ChannelTarget("nowhere.invalid:2").resolve(SocketAddress.resolve)
    }
    let unix = try ChannelTarget("unix:/run/a.sock").resolve(SocketAddress.resolve)
    #expect(unix == [Endpoint(SocketAddress(.unix(path: "/run/a.sock")), "localhost")])
  }
}
