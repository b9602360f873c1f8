import CairnAPI
import GRPC

extension CallScope {
  /// Reads who calls, where and as part of what from the call's metadata (``CallKey``).
  ///
  /// - Parameter project: The project that the request names; empty for none.
  /// - Throws: CALL_METADATA_INVALID with a message that names every wrong key; FIELD_INVALID for the project.
  package init(metadata: Metadata, path: String, project: String = "") throws(RPCError) {
    self.init(operation: path.hasPrefix("/") ? String(path.dropFirst()) : path)
    var leaseID: String?
    var epoch: Int64?
    var named: ProjectID?
    try CallKey.read(metadata) { key, value in
      let text = String(decoding: value, as: UTF8.self)
      switch key {
      case .project: named = ProjectID(unchecked: text)
      case .principal: principal = text
      case .agent: agent = text
      case .session: session = text
      case .task: task = text
      case .lease: leaseID = text
      case .leaseEpoch: epoch = Int64(text)
      }
    }
    self.project = try .agreed(metadata: named, request: project)
    if let leaseID, let epoch { lease = Lease(id: leaseID, epoch: epoch) }
  }
}
