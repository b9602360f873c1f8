/// Texts that say where to listen or where to connect.
enum ListenAddress {
  /// `HOST:PORT`, `[IPV6]:PORT` or `unix:PATH`. Names are not resolved here.
  static func isValid(_ text: String) -> Bool {
    if text.hasPrefix("unix:") { return text.utf8.count > 5 }
    guard let (host, port) = parts(text), !host.isEmpty, let number = Quantity.count(port) else {
      return false
    }
    return number <= 65535 && !host.contains(" ")
  }

  /// Whether only this machine can reach it. A name other than `localhost` may mean anything.
  static func isLocal(_ text: String) -> Bool {
    if text.hasPrefix("unix:") { return true }
    guard let (host, _) = parts(text) else { return false }
    if host == "localhost" || host == "::1" { return true }
    let numbers = host.split(separator: ".", omittingEmptySubsequences: false)
    return numbers.count == 4 && numbers[0] == "127" && numbers.allSatisfy { UInt8($0) != nil }
  }

  private static func parts(_ text: String) -> (host: Substring, port: Substring)? {
    guard let colon = text.lastIndex(of: ":") else { return nil }
    let host = text[..<colon]
    let port = text[text.index(after: colon)...]
    if host.hasPrefix("["), host.hasSuffix("]") { return (host.dropFirst().dropLast(), port) }
    return host.contains(":") || host.contains("[") ? nil : (host, port)
  }
}
