import CairnAPI
import GRPC

extension CallScope {
  /// Reads who calls, where and as part of what from the call's metadata.
  ///
  /// | key | means | when absent |
  /// |---|---|---|
  /// | `cairn-project` | the project's id | `default` |
  /// | `cairn-principal` | who calls | `anonymous` |
  /// | `cairn-agent`, `cairn-session`, `cairn-task` | on whose behalf, as part of what | none |
  /// | `cairn-lease`, `cairn-lease-epoch` | the lease that fences the write, and its epoch: a positive number | none |
  ///
  /// An empty value is like an absent key, but not of `cairn-project`: who names a project must name one. No key may
  /// be there twice. While the server runs without credentials it believes
  /// `cairn-principal`, as it believes everything from the loopback; with credentials the principal is the
  /// authenticated one.
  ///
  /// Throws CALL_METADATA_INVALID with a message that names every wrong key.
  package init(metadata: Metadata, path: String) throws(RPCError) {
    var reader = MetadataReader(metadata)
    self.init(
      project: reader.project("cairn-project") ?? .default,
      principal: reader.name("cairn-principal") ?? "anonymous",
      agent: reader.name("cairn-agent"),
      session: reader.name("cairn-session"),
      task: reader.name("cairn-task"),
      lease: reader.lease(),
      operation: path.hasPrefix("/") ? String(path.dropFirst()) : path)
    try reader.finish()
  }
}

/// Collects what is wrong, so that the caller hears of everything at once.
private struct MetadataReader {
  /// The keys of ours that are there, in order.
  private var values: [(key: String, value: String)] = []
  private var wrong: [(key: String, why: String)] = []
  private static let nameLimit = 128

  init(_ metadata: Metadata) {
    metadata.fields.visit { name, value in
      if name.starts(with: "cairn-".utf8) {
        values.append((String(decoding: name, as: UTF8.self), String(decoding: value, as: UTF8.self)))
      }
      return true
    }
  }

  /// Nil for none and for an empty one.
  private mutating func value(_ key: String) -> String? {
    guard let first = values.first(where: { $0.key == key }) else { return nil }
    if values.count(where: { $0.key == key }) > 1 { wrong.append((key, "is there more than once")) }
    return first.value.isEmpty ? nil : first.value
  }

  mutating func name(_ key: String) -> String? {
    guard let value = value(key) else { return nil }
    if value.utf8.count > Self.nameLimit {
      wrong.append((key, "is longer than \(Self.nameLimit) characters"))
    } else if !value.utf8.allSatisfy({ (0x20...0x7e).contains($0) }) {
      wrong.append((key, "is not printable ASCII"))
    }
    return value
  }

  mutating func project(_ key: String) -> ProjectID? {
    guard let value = value(key) else {
      if values.contains(where: { $0.key == key }) {
        wrong.append((key, "is empty; leave it out for the default project"))
      }
      return nil
    }
    let project = ProjectID(value)
    if project == nil {
      wrong.append(
        (key, "is not a project id: 1 to 63 of a-z, 0-9, '-', '_' and '.', the first a letter or digit"))
    }
    return project
  }

  /// Both keys or none.
  mutating func lease() -> Lease? {
    let id = name("cairn-lease")
    let epoch = epoch("cairn-lease-epoch")
    switch (id, epoch) {
    case (let id?, let epoch?): return Lease(id: id, epoch: epoch)
    case (.some, nil): wrong.append(("cairn-lease", "needs cairn-lease-epoch beside it"))
    case (nil, .some): wrong.append(("cairn-lease-epoch", "needs cairn-lease beside it"))
    case (nil, nil): break
    }
    return nil
  }

  private mutating func epoch(_ key: String) -> Int64? {
    guard let value = value(key) else { return nil }
    guard let epoch = Int64(value), epoch > 0 else {
      wrong.append((key, "is not a positive number"))
      return nil
    }
    return epoch
  }

  func finish() throws(RPCError) {
    guard let first = wrong.first else { return }
    let text = wrong.map { "metadata \($0.key) \($0.why)" }.joined(separator: "; ")
    throw RPCError(.invalidArgument, .callMetadataInvalid, text, ["key": first.key])
  }
}
