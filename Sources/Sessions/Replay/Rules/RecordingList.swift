import CairnAPI
import GRPC
import Journal
import Requests

/// A page of a list of recordings that may be read.
struct RecordingList: Sendable {
  let filter: RecordingFilter
  let after: PageToken?
  let pageSize: Int
  let seal: PageSeal

  init(validating request: ListRecordingsRequest, in project: String, key: TokenKey) throws(RPCError) {
    var violations = Violations()
    let filter = request.filter ?? RecordingFilter()
    violations.optionalIdentifier(filter.session, at: "filter.session")
    if case .unrecognized(let number) = filter.state {
      violations.unknown("filter.state", number: number)
    }
    pageSize = violations.pageSize(request.pageSize, orElse: Limits.recordingPageSize)
    // A fingerprint is made of what is within its bounds.
    try violations.check()
    seal = PageSeal(Fingerprint(of: request, in: project), key)
    after = violations.pageToken(request.pageToken, seal: seal)
    try violations.check()
    self.filter = filter
  }

  /// The page of what was found, of which there may be one more than it has. Ends early before it outgrows an answer.
  func page(of found: [Recording]) -> ListRecordingsResponse {
    var response = ListRecordingsResponse()
    var bytes = 0
    for recording in found.prefix(pageSize) {
      bytes += recording.answerBytes
      if bytes > Limits.answerBytes { break }
      response.recordings.append(recording)
    }
    if response.recordings.count < found.count, let last = response.recordings.last {
      response.nextPageToken = PageToken(time: last.startTime?.microseconds ?? 0, id: last.id).text(for: seal)
    }
    return response
  }
}

extension ListRecordingsRequest: ListRequest {}
extension ListRecordingsResponse: JournalAnswer {}
