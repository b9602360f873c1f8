import DynamicMessage

extension Configuration {
  /// The file that `--config` or `CAIRN_CONFIG` names.
  static let fileOption = Option(
    name: "config", value: "FILE",
    help: "Configuration file with lines like `pool-max = 16`; names are those of these options.")

  /// What belongs to other parts of Cairn but is spelled like a setting.
  private static let otherVariables: Set<String> = [
    "CAIRN_CONFIG", "CAIRN_ADDRESS", "CAIRN_PROJECT", "CAIRN_TEST_DATABASE_URL", "CAIRN_BUILD",
  ]

  /// Puts the configuration together: flags before the environment before the file before the defaults.
  ///
  /// Everything that is wrong is reported at once.
  /// - Parameter readFile: text of a file, or why there is none.
  static func load(
    _ arguments: Arguments, environment: [String: String],
    readFile: (String) -> Result<String, ConfigurationError>
  ) throws(ConfigurationError) -> Configuration {
    var configuration = Configuration()
    var problems: [String] = []
    func apply(_ setting: Setting, values: [String], from place: String) {
      if let expected = setting.apply(&configuration, values) {
        let given = values.map { "\"\($0)\"" }.joined(separator: ", ")
        problems.append("\(place): expected \(expected), found \(given)")
      }
    }

    if let path = arguments[fileOption.name] ?? environment["CAIRN_CONFIG"] {
      do throws(ConfigurationError) {
        let file = try ConfigurationFile(text: try readFile(path).get(), path: path)
        for entry in file.entries {
          let place = "\(path), line \(entry.line)"
          if let setting = Setting.all.first(where: { $0.name == entry.name }) {
            let isOne = entry.values.count == 1 || setting.isList
            if isOne { apply(setting, values: entry.values, from: "\(place) (\(entry.name))") }
            if !isOne { problems.append("\(place): \(entry.name) takes one value, not a list") }
          } else {
            let hint = NearestName.hint(for: entry.name, among: Setting.all.map(\.name))
            problems.append("\(place): unknown setting \"\(entry.name)\"\(hint)")
          }
        }
      } catch {
        problems += error.problems
      }
    }
    for setting in Setting.all {
      if let text = environment[setting.environmentName] {
        let values = setting.isList ? text.split(separator: ",").map(String.init) : [text]
        apply(setting, values: values, from: setting.environmentName)
      }
    }
    problems += unknownVariables(environment)
    for setting in Setting.all {
      if let values = arguments.options[setting.name] {
        apply(setting, values: values, from: "--\(setting.name)")
      }
    }
    if problems.isEmpty { problems = configuration.contradictions }
    guard problems.isEmpty else { throw ConfigurationError(problems: problems) }
    return configuration
  }

  /// A variable that nearly has the name of a setting is a slip that would otherwise go unseen.
  private static func unknownVariables(_ environment: [String: String]) -> [String] {
    let known = Setting.all.map(\.environmentName) + otherVariables
    return environment.keys.sorted().compactMap { name in
      guard name.hasPrefix("CAIRN_"), !known.contains(name) else { return nil }
      let near = NearestName.suggestions(for: name, among: known)
      return near.isEmpty ? nil : "unknown variable \(name); did you mean \(near.joined(separator: " or "))?"
    }
  }

  private var tlsContradictions: [String] {
    var problems: [String] = []
    if (tlsCertificate == nil) != (tlsKey == nil) {
      let missing = tlsKey == nil ? "tls-key" : "tls-cert"
      problems.append("\(missing) is missing: the certificate and its key go together")
    }
    if tlsCertificate == nil, tlsKey == nil, tlsClientAuthorities != nil || tlsClientAuthentication != nil {
      problems.append("client certificates need TLS: give tls-cert and tls-key")
    }
    if tlsClientAuthorities == nil, let asked = tlsClientAuthentication, asked != .none {
      problems.append(
        "tls-client-auth is \(asked.rawValue): give tls-client-ca, the CAs that sign the certificates")
    }
    return problems
  }

  /// Settings that cannot go together.
  private var contradictions: [String] {
    var problems: [String] = []
    if poolMinimum > poolMaximum {
      problems.append("pool-min (\(poolMinimum)) is above pool-max (\(poolMaximum))")
    }
    if let repeated = listen.first(where: { address in
      !address.hasSuffix(":0") && listen.count { $0 == address } > 1
    }) {
      problems.append("listen has \(repeated) twice")
    }
    if !insecure, tlsCertificate == nil, let open = listen.first(where: { !ListenAddress.isLocal($0) }) {
      problems.append(
        "listen \(open): other machines could reach it in plaintext; give tls-cert and tls-key, listen on "
          + "127.0.0.1, or say --insecure")
    }
    problems += tlsContradictions
    if contextSweepInterval == .zero { problems.append("context-sweep-interval must be more than 0") }
    if historyPruneInterval == .zero { problems.append("history-prune-interval must be more than 0") }
    if sessionSweepInterval == .zero { problems.append("session-sweep-interval must be more than 0") }
    if sessionRollupInterval == .zero { problems.append("session-rollup-interval must be more than 0") }
    if sessionTTL != .zero, !(Duration.seconds(1)...Duration.seconds(3650 * 86_400)).contains(sessionTTL) {
      problems.append("session-ttl must be 0, or from 1s to 3650d")
    }
    if dataDirectory != nil, databaseURL != nil {
      problems.append("data-dir is for the embedded PostgreSQL; with database-url there is none")
    }
    return problems
  }
}
