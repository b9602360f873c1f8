import CairnAPI
import GRPC
import Journal
import Requests

extension ContextService {
  package func listContextVersions(
    _ request: ListContextVersionsRequest, _ call: CallContext
  ) async throws(RPCError) -> ListContextVersionsResponse {
    let project = try await journal.project(request.project, call)
    let list = try VersionList(
      validating: request, project: project.text, key: try await journal.tokenKey())
    return try await journal.naming(versions.versions(list, in: project))
  }

  package func getContextVersion(
    _ request: GetContextVersionRequest, _ call: CallContext
  ) async throws(RPCError) -> ContextVersion {
    let lookup = try VersionLookup(validating: request)
    let found = try await versions.versions(lookup, in: try await journal.project(request.project, call))
    guard let version = found.version else { throw .versionNotFound(found.number, of: lookup.id) }
    return version
  }

  package func diffContextVersions(
    _ request: DiffContextVersionsRequest, _ call: CallContext
  ) async throws(RPCError) -> DiffContextVersionsResponse {
    let lookup = try VersionLookup(validating: request)
    let found = try await versions.versions(lookup, in: try await journal.project(request.project, call))
    guard let new = found.version else { throw .versionNotFound(found.number, of: lookup.id) }
    if let number = found.otherNumber, number > 0, found.other == nil {
      throw .versionNotFound(number, of: lookup.id)
    }
    let old = found.other
    return await blocking.run(on: call.loop) { DiffContextVersionsResponse(from: old, to: new) }
  }

  package func restoreContextVersion(
    _ request: RestoreContextVersionRequest, _ call: CallContext
  ) async throws(RPCError) -> Context {
    let (restoration, scope) = try await journal.accept(request, call) {
      VersionRestoration(validating: $0, &$1)
    }
    return try await versions.restore(restoration, in: scope)
  }
}
