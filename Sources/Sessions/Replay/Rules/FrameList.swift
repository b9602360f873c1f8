import CairnAPI
import GRPC
import Journal
import Requests

/// A page of a replay's frames that may be read.
struct FrameList: Sendable {
  private(set) var range: ReplayRange
  let filter: ReplayFilter
  let pageSize: Int
  /// Where the page begins; nil for the first one.
  let place: Place?
  private let seal: PageSeal

  /// Where a page begins. All pages are of the range that the first one found.
  struct Place: Equatable {
    let from, to: Int64
    /// The last event that was looked at, or the place before the first.
    let last: Int64
    /// How many frames of the next step were sent.
    let sent: Int
  }

  init(validating request: ListFramesRequest, in project: String, key: TokenKey) throws(RPCError) {
    var violations = Violations()
    range = ReplayRange(validating: request.source, at: "source", &violations)
    filter = ReplayFilter(validating: request.filter, at: "filter", &violations)
    pageSize = violations.pageSize(request.pageSize)
    // A fingerprint is made of what is within its bounds.
    try violations.check()
    seal = PageSeal(Fingerprint(of: request, in: project), key)
    place = violations.pageToken(request.pageToken, seal: seal).flatMap { Place($0) }
    try violations.check()
    if let place { (range.from, range.to) = (place.from, place.to) }
  }

  /// - Parameters:
  ///   - last: The last event that was looked at.
  ///   - sent: How many frames of the next step were sent.
  func nextPageToken(_ window: ReplayWindow, behind last: Int64, sent: Int) -> String {
    PageToken(time: last, id: "\(window.from) \(window.to) \(sent)").text(for: seal)
  }
}

extension FrameList.Place {
  /// Nil for a token that no such list gave.
  fileprivate init?(_ token: PageToken) {
    let parts = token.id.split(separator: " ").compactMap { Int64($0) }
    guard parts.count == 3 else { return nil }
    self.init(from: parts[0], to: parts[1], last: token.time, sent: Int(parts[2]))
  }
}

extension ListFramesRequest: ListRequest {}
