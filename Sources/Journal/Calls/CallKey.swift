import CairnAPI
import GRPC

/// A key of the call metadata that says who calls, where and as part of what.
///
/// | key | means | when absent |
/// |---|---|---|
/// | `cairn-project` | the project's id | the request's `project`, else `default` |
/// | `cairn-principal` | who calls | `anonymous` |
/// | `cairn-agent`, `cairn-session`, `cairn-task` | on whose behalf, as part of what | none |
/// | `cairn-lease`, `cairn-lease-epoch` | the lease that fences the write, and its epoch: a positive number | none |
///
/// An empty value is like an absent key, but for `cairn-project`, which must name a project. No key may
/// be there twice. While the server runs without credentials it believes
/// `cairn-principal`, as it believes everything from the loopback; with credentials the principal is the
/// authenticated one.
enum CallKey: UInt8, CaseIterable {
  case project, principal, agent, session, task, lease, leaseEpoch

  var name: StaticString {
    switch self {
    case .project: "cairn-project"
    case .principal: "cairn-principal"
    case .agent: "cairn-agent"
    case .session: "cairn-session"
    case .task: "cairn-task"
    case .lease: "cairn-lease"
    case .leaseEpoch: "cairn-lease-epoch"
    }
  }

  init?(name: UnsafeBufferPointer<UInt8>) {
    // Most fields are not ours.
    guard name.count > 9, name[0] == UInt8(ascii: "c"), name[5] == UInt8(ascii: "-"),
      let key = Self.allCases.first(where: { key in
        key.name.withUTF8Buffer { $0.elementsEqual(name) }
      })
    else { return nil }
    self = key
  }

  /// Completes the sentence "metadata KEY …"; nil for a value that the key may have. Empty values are absent ones.
  func objection(to value: UnsafeBufferPointer<UInt8>) -> String? {
    switch self {
    case .project:
      if value.isEmpty { return "is empty; leave it out for the default project" }
      return ProjectID.isValid(value) ? nil : "is not a project id: \(ProjectID.rule)"
    case .leaseEpoch:
      if value.isEmpty { return nil }
      return Int64(String(decoding: value, as: UTF8.self)).map { $0 > 0 } ?? false
        ? nil : "is not a positive number"
    case .principal, .agent, .session, .task, .lease:
      if value.count > Self.nameLimit { return "is longer than \(Self.nameLimit) characters" }
      return value.allSatisfy { (0x20...0x7e).contains($0) } ? nil : "is not printable ASCII"
    }
  }

  private static let nameLimit = 128
}

extension CallKey {
  /// Gives `keep` each key of ours that has a value. Throws CALL_METADATA_INVALID with a message that names every wrong
  /// key.
  static func read(
    _ metadata: Metadata, keep: (CallKey, UnsafeBufferPointer<UInt8>) -> Void
  ) throws(RPCError) {
    var seen = KeySet()
    var given = KeySet()
    var wrong: [(key: CallKey, why: String)] = []
    metadata.fields.visit { name, value in
      guard let key = CallKey(name: name) else { return true }
      if !seen.insert(key) { wrong.append((key, "is there more than once")) }
      if let why = key.objection(to: value) {
        wrong.append((key, why))
      } else if !value.isEmpty {
        _ = given.insert(key)
        keep(key, value)
      }
      return true
    }
    if given.contains(.lease), !seen.contains(.leaseEpoch) {
      wrong.append((.lease, "needs cairn-lease-epoch beside it"))
    }
    if given.contains(.leaseEpoch), !given.contains(.lease) {
      wrong.append((.leaseEpoch, "needs cairn-lease beside it"))
    }
    guard !wrong.isEmpty else { return }
    wrong.sort { $0.key.rawValue < $1.key.rawValue }
    let text = wrong.map { "metadata \($0.key.name) \($0.why)" }.joined(separator: "; ")
    throw RPCError(.invalidArgument, .callMetadataInvalid, text, ["key": "\(wrong[0].key.name)"])
  }

  /// Keys, a bit each.
  private struct KeySet {
    private var bits: UInt8 = 0

    func contains(_ key: CallKey) -> Bool { bits & (1 << key.rawValue) != 0 }

    /// Whether it was not there.
    mutating func insert(_ key: CallKey) -> Bool {
      let isNew = !contains(key)
      bits |= 1 << key.rawValue
      return isNew
    }
  }
}
