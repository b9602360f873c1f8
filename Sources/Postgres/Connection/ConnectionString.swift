import CLibpq
import Glibc

/// A libpq connection string (URI or keywords), taken apart.
struct ConnectionString: Sendable {
  private(set) var options: [String: String] = [:]

  private static let form =
    "postgresql://USER:PASSWORD@HOST:PORT/DATABASE, in which parts may be left out, or host=HOST dbname=DATABASE …"

  init(_ text: String) throws(PostgresError) {
    var message: UnsafeMutablePointer<CChar>?
    guard let parsed = PQconninfoParse(text, &message) else {
      defer { PQfreemem(message) }
      // libpq quotes the string, which may hold a password: say only what is wrong with it.
      let reason = PostgresError.text(message)
      let problem = reason.contains(text) ? "it is malformed" : reason
      throw PostgresError(
        .configuration,
        "the database URL cannot be used: \(problem); expected \(Self.form)")
    }
    defer { PQconninfoFree(parsed) }
    var option = parsed
    while let keyword = option.pointee.keyword {
      if let value = option.pointee.val {
        options[String(cString: keyword)] = String(cString: value)
      }
      option += 1
    }
  }

  subscript(keyword: String) -> String? {
    get { options[keyword] }
    set { options[keyword] = newValue }
  }

  /// Adds server settings that hold from the start of a session (`-c name=value`).
  mutating func addSettings(_ settings: [(name: String, value: String)]) {
    let added = settings.map { "-c \($0.name)=\($0.value)" }.joined(separator: " ")
    options["options"] = options["options"].map { "\($0) \(added)" } ?? added
  }

  /// Tells this process from others of the same application: what its sessions do is its sign of life.
  private static let process = String(UInt32.random(in: .min ... .max) | 1 << 31, radix: 16)

  /// What every connection of ours has.
  mutating func addDefaults() {
    options["client_encoding"] = "UTF8"
    // The server would be asked for a Kerberos ticket first, which blocks.
    options["gssencmode"] = "disable"
    options["application_name"] = "\((options["application_name"] ?? "cairn").prefix(40)) \(Self.process)"
    if options["keepalives_idle"] == nil { options["keepalives_idle"] = "30" }
    if options["tcp_user_timeout"] == nil { options["tcp_user_timeout"] = "30000" }
  }

  // MARK: Hosts

  /// The hosts as libpq would use them, when their names are still to be resolved: `PQconnectPoll`
  /// would do that with the loop standing still.
  var hostsToResolve: [String]? {
    guard options["hostaddr"] == nil, options["service"] == nil,
      let hosts = options["host"] ?? getenv("PGHOST").map({ String(cString: $0) })
    else { return nil }
    let names = hosts.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    return names.allSatisfy(Self.isSocketPath) ? nil : names
  }

  private static func isSocketPath(_ host: String) -> Bool {
    host.isEmpty || host.hasPrefix("/") || host.hasPrefix("@")
  }

  /// Replaces the host list by one with an entry for each address. Blocking.
  mutating func resolve(_ hosts: [String]) throws(PostgresError) {
    let ports = (options["port"] ?? "").split(separator: ",", omittingEmptySubsequences: false)
    var expanded: [(host: String, address: String, port: String)] = []
    var failure: PostgresError?
    for (index, host) in hosts.enumerated() {
      let port = String(ports.count > 1 && index < ports.count ? ports[index] : ports.first ?? "")
      if Self.isSocketPath(host) {
        expanded.append((host, "", port))
        continue
      }
      do throws(PostgresError) {
        for address in try Self.addresses(of: host) { expanded.append((host, address, port)) }
      } catch {
        failure = error
      }
    }
    if expanded.isEmpty, let failure { throw failure }
    options["host"] = expanded.map(\.host).joined(separator: ",")
    options["hostaddr"] = expanded.map(\.address).joined(separator: ",")
    if !ports.isEmpty { options["port"] = expanded.map(\.port).joined(separator: ",") }
  }

  private static func addresses(of host: String) throws(PostgresError) -> [String] {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    let code = getaddrinfo(host, nil, &hints, &list)
    guard code == 0 else {
      throw PostgresError(
        .connectionFailed,
        "cannot resolve the database host \(host): \(PostgresError.text(gai_strerror(code)))")
    }
    defer { freeaddrinfo(list) }
    var addresses: [String] = []
    var entry = list
    while let info = entry {
      var text = [CChar](repeating: 0, count: 128)
      if getnameinfo(
        info.pointee.ai_addr, info.pointee.ai_addrlen, &text, 128, nil, 0, NI_NUMERICHOST) == 0
      {
        let end = text.firstIndex(of: 0) ?? text.count
        addresses.append(String(decoding: text[..<end].map { UInt8(bitPattern: $0) }, as: UTF8.self))
      }
      entry = info.pointee.ai_next
    }
    return addresses
  }

  /// Calls `body` with the null-terminated arrays that `PQconnectStartParams` takes.
  func withParameters<T>(
    _ body: (UnsafePointer<UnsafePointer<CChar>?>, UnsafePointer<UnsafePointer<CChar>?>) -> T
  ) -> T {
    let pairs = options.map { (CString($0.key), CString($0.value)) }
    let keywords = pairs.map { Optional($0.0.pointer) } + [nil]
    let values = pairs.map { Optional($0.1.pointer) } + [nil]
    return withExtendedLifetime(pairs) { body(keywords, values) }
  }
}
