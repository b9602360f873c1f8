import CairnAPI
import GRPC
import Journal
import Requests
import StandardProtos
import Wire

/// What writes of relationships come to: the results for their answer, and what of it is kept for a
/// repetition.
struct RelationshipAnswer {
  let results: [Result<Relationship, RPCError>]
  /// 0 when nothing was written.
  let position: Int64

  /// - Parameters:
  ///   - results: What was decided, without what only the write gave.
  ///   - stamp: What it gave; nil when nothing was written.
  ///   - ended: Whether the item at this place ended at the moment of the write.
  init(
    _ results: [Result<Relationship, RPCError>], _ stamp: Stamp?, ended: (Int) -> Bool = { _ in false }
  ) {
    position = stamp?.position ?? 0
    self.results = results.enumerated().map { place, result in
      guard let stamp else { return result }
      return result.map { $0.stamped(stamp, ended: ended(place)) }
    }
  }

  init(_ stored: StoredAnswer, ended: (Int) -> Bool = { _ in false }) throws(RPCError) {
    let response: RelateContextsResponse = try stored.decoded()
    let results: [Result<Relationship, RPCError>] = response.results.map {
      switch $0.outcome {
      case .relationship(let relationship): .success(relationship)
      case .error(let status): .failure(RPCError(status))
      case nil: .failure(RPCError(.internal, .internal, "the stored answer to this request has a gap"))
      }
    }
    self.init(results, stored.stamp, ended: ended)
  }

  /// What is kept of results that have no stamp yet.
  static func bytes(_ results: [Result<Relationship, RPCError>]) -> [UInt8] {
    var response = RelateContextsResponse()
    response.results = results.map { RelationshipResult($0) }
    return response.serializedBytes()
  }

  var messages: [RelationshipResult] { results.map { RelationshipResult($0) } }
}

extension RelationshipResult {
  init(_ outcome: Result<Relationship, RPCError>) {
    self.init()
    switch outcome {
    case .success(let relationship): self.outcome = .relationship(relationship)
    case .failure(let error): self.outcome = .error(GoogleRpcStatus(error))
    }
  }
}

extension Relationship {
  /// With what the write gave it.
  fileprivate func stamped(_ stamp: Stamp, ended: Bool) -> Relationship {
    var stamped = self
    let time = WellKnown.Timestamp(stamp.at)
    stamped.position = stamp.position
    stamped.etag = Etag.text(stamp.position)
    stamped.updateTime = time
    if createTime == nil { stamped.createTime = time }
    if validFrom == nil { stamped.validFrom = time }
    if ended { stamped.validTo = time }
    return stamped
  }
}
