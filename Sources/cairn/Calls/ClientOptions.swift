import EventLoop
import GRPC
import HTTP2
import Wire

/// What commands that call a server have in common.
struct ClientOptions: Equatable, Sendable {
  static let defaultAddress = "127.0.0.1:7433"
  /// For questions to the server about itself.
  static let questionTimeout: Duration = .seconds(10)

  var address = defaultAddress
  var project: String?
  var deadline: Duration?
  /// Whether a server that cannot be reached is waited for.
  var waitsForReady = false
  /// How long an attempt to connect may take; nil for the channel's default.
  var connectTimeout: Duration?
  /// How TLS is done; nil for plaintext.
  var tls: TLSClientOptions?
  /// Metadata in the order given.
  var headers: [Header] = []

  struct Header: Equatable, Sendable {
    let name: String
    let value: String
  }

  static let options: [Option] =
    [
      Option(
        name: "address", letter: "a", value: "HOST:PORT",
        help:
          "The server: HOST:PORT, [IPV6]:PORT, unix:PATH or another target of gRPC's. Default: CAIRN_ADDRESS, "
          + "else \(defaultAddress)."
      ),
      Option(
        name: "project", letter: "p", value: "NAME",
        help:
          "The project to work in, sent as metadata cairn-project. Default: CAIRN_PROJECT, else the server's."
      ),
      Option(
        name: "deadline", value: "TIME",
        help: "Give up after this time, such as 500ms, 30s or 5m. Default: never."),
      Option(
        name: "wait", letter: "w",
        help: "Wait for a server that cannot be reached yet, until the deadline, and do not fail at once."),
      Option(
        name: "connect-timeout", value: "TIME",
        help: "Give up an attempt to connect after this time. Default: 20s."),
      Option(
        name: "header", letter: "H", value: "NAME:VALUE",
        help: "Metadata to send. The value of a name that ends in -bin is base64.", repeats: true),
    ] + TLSClientOptions.options

  init() {}

  init(_ arguments: Arguments, environment: [String: String]) throws(UsageError) {
    if let text = arguments["address"] ?? environment["CAIRN_ADDRESS"] {
      if let objection = Channel.objection(to: text) {
        throw UsageError("address: \(objection)")
      }
      address = text
    }
    project = arguments["project"] ?? environment["CAIRN_PROJECT"].flatMap { $0.isEmpty ? nil : $0 }
    if project == "" {
      throw UsageError("--project: expected a project's id; leave it out for the default one")
    }
    deadline = try Self.time("deadline", in: arguments)
    connectTimeout = try Self.time("connect-timeout", in: arguments)
    waitsForReady = arguments.has("wait")
    tls = try TLSClientOptions(arguments)
    for text in arguments.options["header"] ?? [] { headers.append(try Header(text)) }
  }

  private static func time(_ name: String, in arguments: Arguments) throws(UsageError) -> Duration? {
    guard let text = arguments[name] else { return nil }
    guard let duration = Quantity.duration(text), duration > .zero else {
      throw UsageError(
        "--\(name): expected a time with its unit (ms, s, m, h) such as 30s, found \"\(text)\"")
    }
    return duration
  }

  /// **Blocks** while certificates are read.
  func channel(on loop: EventLoop) throws(TLSError) -> Channel {
    var security: ChannelSecurity?
    if let tls { security = try ChannelSecurity(tls) }
    var configuration = ChannelConfiguration()
    if let connectTimeout {
      configuration.backoff.minConnectTimeout = connectTimeout
      configuration.backoff.initial = min(connectTimeout, configuration.backoff.initial)
    }
    return Channel(address, on: loop, security: security, configuration: configuration)
  }

  /// For the call that the user asked for.
  var callOptions: CallOptions {
    var options = CallOptions(maxReceiveMessageSize: 64 << 20)
    options.metadata = metadata
    options.timeout = deadline
    options.waitsForReady = waitsForReady
    return options
  }

  /// For calls that serve to find out about the server.
  var questionOptions: CallOptions {
    var options = callOptions
    // A server that is waited for has the time that the call has.
    if !waitsForReady { options.timeout = min(deadline ?? Self.questionTimeout, Self.questionTimeout) }
    return options
  }

  private var metadata: Metadata {
    var metadata = Metadata()
    if let project { metadata.append("cairn-project", project) }
    for header in headers {
      if header.name.hasSuffix("-bin"), let bytes = Base64.decode(header.value.utf8) {
        metadata.append(header.name, bytes: bytes)
      } else {
        metadata.append(header.name, header.value)
      }
    }
    return metadata
  }
}

extension ClientOptions.Header {
  /// Reads `NAME:VALUE`; spaces around the value do not count.
  init(_ text: String) throws(UsageError) {
    guard let colon = text.firstIndex(of: ":"), colon != text.startIndex else {
      throw UsageError("-H \(text): expected NAME:VALUE")
    }
    let name = text[..<colon].lowercased()
    guard name.utf8.allSatisfy(Self.isNameByte), !name.hasPrefix("grpc-") else {
      throw UsageError(
        "-H \(text): a name has letters, digits, `-`, `_` and `.`, and does not begin with grpc-")
    }
    let value = text[text.index(after: colon)...].utf8.drop { $0 == 0x20 }
    guard value.allSatisfy({ (0x20...0x7E).contains($0) }) else {
      throw UsageError(
        "-H \(name): the value must be printable ASCII; send other bytes as base64 under a name in -bin")
    }
    self.name = name
    self.value = String(decoding: value, as: UTF8.self)
    if name.hasSuffix("-bin"), Base64.decode(self.value.utf8) == nil {
      throw UsageError("-H \(name): the value of a name that ends in -bin must be base64")
    }
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
      UInt8(ascii: "_"), UInt8(ascii: "."):
      true
    default: false
    }
  }
}
