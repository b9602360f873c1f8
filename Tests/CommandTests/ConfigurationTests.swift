import Testing

@testable import cairn

@Suite("Configuration")
struct ConfigurationTests {
  /// Loads with the words of `cairn serve`, an environment, and the text of a file `c.conf`, if any.
  private func load(_ words: [String] = [], _ environment: [String: String] = [:], file: String? = nil) throws
    -> Configuration
  {
    guard case .arguments(let arguments) = try Command.serve.syntax.parse(words) else {
      throw UsageError("help was asked for")
    }
    var environment = environment
    if file != nil { environment["CAIRN_CONFIG"] = "c.conf" }
    return try Configuration.load(arguments, environment: environment) { path in
      guard path == "c.conf", let file else {
        return .failure(ConfigurationError(problems: ["\(path): No such file or directory"]))
      }
      return .success(file)
    }
  }

  @Test("without anything the defaults hold")
  func defaults() throws {
    #expect(try load() == Configuration())
    #expect(try load().listen == ["127.0.0.1:7433"])
  }

  @Test("a flag wins over the environment, that over the file, that over the default")
  func precedence() throws {
    let file = "pool-max = 20\npool-min = 3\nloops = 1\n"
    let environment = ["CAIRN_POOL_MAX": "30", "CAIRN_POOL_MIN": "4"]
    let configuration = try load(["--pool-max", "40"], environment, file: file)
    #expect(configuration.poolMaximum == 40)
    #expect(configuration.poolMinimum == 4)
    #expect(configuration.loops == 1)
    #expect(configuration.drainTimeout == .seconds(30))
  }

  @Test("every setting can be given in all three places")
  func everyPlace() throws {
    let samples = [
      "listen": "127.0.0.1:1", "insecure": "true", "loops": "3", "drain-timeout": "1s", "log-level": "debug",
      "data-dir": "/d", "database-url": "postgresql:///x", "pool-min": "1", "pool-max": "9",
      "database-wait": "1s", "pool-acquire-timeout": "3s", "pool-idle-timeout": "4s",
      "read-statement-timeout": "5s",
      "write-statement-timeout": "6s", "lock-timeout": "7s", "max-receive-message-size": "1MiB",
      "max-send-message-size": "2MiB", "max-concurrent-streams": "7", "tls-cert": "c.pem", "tls-key": "k.pem",
      "tls-client-ca": "ca.pem", "tls-client-auth": "optional", "handshake-timeout": "8s",
      "max-connections": "17",
      "flood-burst": "18", "flood-rate": "19",
      "max-tls-handshakes": "9", "hide-channelz": "true",
      "history-prune-interval": "16s", "context-sweep-interval": "13s", "context-retention": "14d",
      "search-matches": "15",
      "session-ttl": "20m", "session-grace": "0", "session-max-events": "21", "session-sweep-interval": "22s",
      "session-rollup-interval": "24s", "session-figures-retention": "3d",
      "drain-notice": "2s", "max-metadata-size": "8KiB", "max-connection-receive-buffer": "3MiB",
      "max-connection-send-buffer": "5MiB", "max-buffered-bytes": "6MiB", "compress-answers": "true",
      "keepalive-time": "0", "keepalive-timeout": "8s", "min-ping-interval": "9s",
      "permit-pings-without-calls": "true", "max-connection-idle": "10s", "max-connection-age": "11s",
      "max-connection-age-grace": "12s",
    ]
    // What a setting cannot be without.
    let pair = ["--tls-cert", "x", "--tls-key", "x"]
    let companions = [
      "tls-cert": ["--tls-key", "x"], "tls-key": ["--tls-cert", "x"], "tls-client-ca": pair,
      "tls-client-auth": pair + ["--tls-client-ca", "x"],
    ]
    #expect(Set(samples.keys) == Set(Setting.all.map(\.name)))
    for setting in Setting.all {
      let sample = try #require(samples[setting.name])
      let others = companions[setting.name] ?? []
      let byFlag = try load(
        (setting.value == nil ? ["--\(setting.name)"] : ["--\(setting.name)", sample]) + others)
      let byVariable = try load(others, [setting.environmentName: sample])
      let bare = sample == "true" || Quantity.count(sample) != nil
      let byFile = try load(others, file: "\(setting.name) = \(bare ? sample : "\"\(sample)\"")")
      #expect(byFlag != Configuration(), "\(setting.name)")
      #expect(byFlag == byVariable, "\(setting.name)")
      #expect(byFlag == byFile, "\(setting.name)")
    }
  }

  @Test("several addresses may be listened on")
  func listen() throws {
    let expected = ["127.0.0.1:1", "unix:/run/c.sock"]
    #expect(try load(["--listen", expected[0], "--listen", expected[1]]).listen == expected)
    #expect(try load([], ["CAIRN_LISTEN": expected.joined(separator: ",")]).listen == expected)
    #expect(try load(file: "listen = [\"127.0.0.1:1\", \"unix:/run/c.sock\",]").listen == expected)
  }

  @Test("the file may have comments, spaces and escapes")
  func fileSyntax() throws {
    let file = "# top\n\n  data-dir=\"/a \\\"b\\\" #c\" # tail\r\n\tloops = 1_0\ninsecure = false\n"
    let configuration = try load(file: file)
    #expect(configuration.dataDirectory == "/a \"b\" #c")
    #expect(configuration.loops == 10)
  }

  @Test(
    "what is wrong in the file is told with its line",
    arguments: [
      ("pool-mx = 3", "c.conf, line 1: unknown setting \"pool-mx\"; did you mean \"pool-max\"?"),
      (
        "\npool-max = \"many\"",
        "c.conf, line 2 (pool-max): expected a whole number from 1 to 10000, found \"many\""
      ),
      ("[server]", "c.conf, line 1: sections are not used here; write `name = value`"),
      ("loops", "c.conf, line 1: expected `name = value`"),
      (
        "data-dir = /x",
        "c.conf, line 1: the value must be a text in double quotes, a whole number, true, false or a list of texts"
      ),
      ("loops = 1 2", "c.conf, line 1: text follows the value"),
      ("loops = 1\nloops = 2", "c.conf, line 2: loops is there already, in line 1"),
      ("loops = [\"1\", \"2\"]", "c.conf, line 1: loops takes one value, not a list"),
    ])
  func fileProblems(file: String, problem: String) {
    #expect(throws: ConfigurationError(problems: [problem])) { try load(file: file) }
  }

  @Test(
    "what is wrong elsewhere is told with its place",
    arguments: [
      (
        ["--drain-timeout", "5"], [:],
        "--drain-timeout: expected a time with its unit (ms, s, m, h, d) such as 30s, found \"5\""
      ),
      ([], ["CAIRN_LOOPS": "-1"], "CAIRN_LOOPS: expected a whole number from 0 to 1024, found \"-1\""),
      ([], ["CAIRN_POOL_MXA": "1"], "unknown variable CAIRN_POOL_MXA; did you mean CAIRN_POOL_MAX?"),
      (["--listen", "7433"], [:], "--listen: expected HOST:PORT, [IPV6]:PORT or unix:PATH, found \"7433\""),
      (["--log-level", "loud"], [:], "--log-level: expected error, warning, info or debug, found \"loud\""),
      (
        ["--max-receive-message-size", "5GiB"], [:],
        "--max-receive-message-size: expected a size from 1 to 4294967295 bytes such as 4MiB, found \"5GiB\""
      ),
      (["--pool-min", "20"], [:], "pool-min (20) is above pool-max (16)"),
      (["--config", "none.conf"], [:], "none.conf: No such file or directory"),
      (
        ["--listen", "0.0.0.0:1"], [:],
        "listen 0.0.0.0:1: other machines could reach it in plaintext; give tls-cert and tls-key, listen on "
          + "127.0.0.1, or say --insecure"
      ),
      (["--context-sweep-interval", "0"], [:], "context-sweep-interval must be more than 0"),
      (["--history-prune-interval", "0"], [:], "history-prune-interval must be more than 0"),
      (["--session-sweep-interval", "0"], [:], "session-sweep-interval must be more than 0"),
      (["--session-rollup-interval", "0"], [:], "session-rollup-interval must be more than 0"),
      (["--session-ttl", "999ms"], [:], "session-ttl must be 0, or from 1s to 3650d"),
      (["--session-ttl", "3651d"], [:], "session-ttl must be 0, or from 1s to 3650d"),
      (
        ["--session-max-events", "0"], [:],
        "--session-max-events: expected a whole number from 1 to 1000000000, found \"0\""
      ),
      (["--tls-cert", "c"], [:], "tls-key is missing: the certificate and its key go together"),
      (["--tls-client-ca", "c"], [:], "client certificates need TLS: give tls-cert and tls-key"),
      (
        ["--tls-cert", "c", "--tls-key", "k", "--tls-client-auth", "optional"], [:],
        "tls-client-auth is optional: give tls-client-ca, the CAs that sign the certificates"
      ),
      (
        ["--tls-client-auth", "maybe"], [:],
        "--tls-client-auth: expected none, optional or required, found \"maybe\""
      ),
      (
        ["--data-dir", "d", "--database-url", "u"], [:],
        "data-dir is for the embedded PostgreSQL; with database-url there is none"
      ),
      (["--listen", "[::1]:5", "--listen", "[::1]:5"], [:], "listen has [::1]:5 twice"),
    ] as [([String], [String: String], String)])
  func problems(words: [String], environment: [String: String], problem: String) {
    #expect(throws: ConfigurationError(problems: [problem])) { try load(words, environment) }
  }

  @Test("sessions live as long as may be, or for ever", arguments: ["0", "1s", "3650d"])
  func longestLives(text: String) throws {
    let loaded = try load(["--session-ttl", text])
    #expect(loaded.sessionTTL == Quantity.duration(text))
  }

  @Test("everything that is wrong is told at once")
  func allProblems() {
    #expect {
      try load(["--loops", "x"], ["CAIRN_POOL_MAX": "x"], file: "pool-min = \"x\"\nfoo = 1")
    } throws: {
      ($0 as? ConfigurationError)?.problems.count == 4
    }
  }

  @Test("a value that a stronger place overrides is still checked")
  func overriddenIsChecked() {
    #expect(throws: ConfigurationError.self) { try load(["--loops", "1"], ["CAIRN_LOOPS": "x"]) }
  }

  @Test("variables of others are left alone")
  func otherVariables() throws {
    #expect(
      try load([], ["CAIRN_ADDRESS": "x:1", "CAIRN_UNHEARD_OF_THING": "1", "POOL_MAX": "x"])
        == Configuration())
  }

  @Test(
    "addresses of this machine need no permission",
    arguments: [
      ("127.0.0.1:1", true), ("127.9.9.9:1", true), ("localhost:1", true), ("[::1]:1", true),
      ("unix:/x", true),
      ("0.0.0.0:1", false), ("[::]:1", false), ("10.0.0.1:1", false), ("127.0.0.1.example.org:1", false),
      ("example.org:1", false),
    ])
  func local(text: String, isLocal: Bool) {
    #expect(ListenAddress.isValid(text))
    #expect(ListenAddress.isLocal(text) == isLocal)
  }

  @Test(
    "what is no address is refused",
    arguments: ["", ":1", "a", "a:", "a:x", "a:65536", "::1:5", "[::1]", "unix:", "a b:1"])
  func badAddresses(text: String) {
    #expect(!ListenAddress.isValid(text))
  }
}
