import CairnAPI
import GRPC
import Journal
import Testing

@Suite struct TransportReasonTests {
  @Test(
    "every reason of the transport is one of the API's, by the same name", arguments: TransportReason.allCases
  )
  func reasons(_ reason: TransportReason) {
    #expect(ErrorReason(text: reason.rawValue)?.text == reason.rawValue)
  }
}
