import CairnAPI
import GRPC
import Journal
import Requests
import StandardProtos
import Wire

/// The resources of this domain, as errors name them.
extension ResourceName {
  static func context(_ id: String) -> ResourceName { ResourceName(Context.self, "context", id) }

  static func template(_ id: String) -> ResourceName { ResourceName(Template.self, "template", id) }

  /// By what the journal calls it.
  static func relationship(_ key: RelationshipKey) -> ResourceName {
    ResourceName(Relationship.self, "relationship", key.text)
  }
}

/// The errors of this domain, each made in one place.
extension RPCError {
  /// There is none, or it belongs to another project: the caller must not learn which.
  static func contextNotFound(_ id: String) -> RPCError {
    RPCError(.notFound, .contextNotFound, about: .context(id), "no context \(id.quoted) in this project")
  }

  static func contextDeleted(_ id: String) -> RPCError {
    RPCError(
      .notFound, .contextDeleted, about: .context(id),
      "context \(id.quoted) is deleted or has expired; UndeleteContext brings it back")
  }

  static func versionNotFound(_ version: Int64, of id: String) -> RPCError {
    RPCError(
      .notFound, .contextVersionNotFound, about: .context(id),
      "context \(id.quoted) has no version \(version), or it is no longer kept",
      ["id": id, "version": String(version)])
  }

  /// - Parameter isDeleted: Whether it is deleted or expired, and can be brought back.
  static func contextExists(_ id: String, isDeleted: Bool) -> RPCError {
    let state = isDeleted ? "; it is deleted or has expired, and UndeleteContext brings it back" : ""
    return RPCError(
      .alreadyExists, .contextExists, about: .context(id), "a context \(id.quoted) exists already\(state)")
  }

  static func contextNotDeleted(_ id: String) -> RPCError {
    RPCError(
      .alreadyExists, .contextNotDeleted, about: .context(id), "context \(id.quoted) is not deleted")
  }

  static func relationshipNotFound(_ key: RelationshipKey) -> RPCError {
    RPCError(
      .notFound, .relationshipNotFound, about: .relationship(key),
      "there is no relationship \(key.sentence) to end", key.particulars)
  }

  static func relationshipOverlaps(_ key: RelationshipKey) -> RPCError {
    RPCError(
      .alreadyExists, .relationshipOverlaps, about: .relationship(key),
      "another relationship \(key.sentence) holds at the same time: end or remove it first", key.particulars)
  }

  /// - Parameter loop: The ids from one context to itself.
  static func containsLoop(_ loop: [String]) -> RPCError {
    // Long loops by their ends: errors travel in HTTP headers.
    let shown = loop.count <= 20 ? loop : loop.prefix(10) + ["…"] + loop.suffix(9)
    let text = shown.map { $0.cut(to: 100) }.joined(separator: " > ")
    return RPCError(
      .failedPrecondition, .containsLoop, "a context would contain itself: \(text)", ["loop": text])
  }

  static var tooManyContainers: RPCError {
    RPCError(
      .resourceExhausted, .internal,
      "more than \(Limits.containers) relationships say what contains the contexts of this write")
  }

  static func notAMemory(_ id: String) -> RPCError {
    RPCError(
      .failedPrecondition, .notAMemory, about: .context(id),
      "context \(id.quoted) is no memory: its type is another one")
  }

  static func memoryEnded(_ id: String) -> RPCError {
    RPCError(
      .failedPrecondition, .memoryEnded, about: .context(id),
      "memory \(id.quoted) no longer holds: supersede the one that took its place")
  }
}
