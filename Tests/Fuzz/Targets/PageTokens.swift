import Contexts
import Journal
import Requests
import Wire

extension FuzzTarget {
  /// The bytes as what was sealed, and as a token that somebody made up.
  static let pageToken = FuzzTarget(name: "page-token") { bytes in
    let seal = PageSeal(Fingerprint(parts: ["fuzz"]), TokenKey(Array(repeating: 7, count: 32)))
    if PageToken(String(decoding: bytes, as: UTF8.self), for: seal) != nil { return "a token was made up" }
    if PageToken(Base64.encode(bytes), for: seal) != nil { return "a seal was guessed" }
    guard let token = PageToken(unsealed: bytes) else { return nil }
    guard PageToken(token.text(for: seal), for: seal) == token else { return "a token is read as another" }
    if let cursor = ExportCursor(token), ExportCursor(cursor.pageToken) != cursor {
      return "a cursor is read as another"
    }
    if let place = RelationshipPlace(token), RelationshipPlace(place.token(at: nil)) != place {
      return "a place among relationships is read as another"
    }
    if let place = SearchPlace(token), !place.isNaN, SearchPlace(place.token(nil)) != place {
      return "a place in a search is read as another"
    }
    return nil
  }
}

extension SearchPlace {
  fileprivate var isNaN: Bool { self != self }
}
