/// The HTTP/2 error codes of RFC 9113 §7 that are used here.
package enum HTTP2ErrorCode {
  package static let noError: UInt32 = 0
  package static let protocolError: UInt32 = 1
  package static let internalError: UInt32 = 2
  package static let flowControlError: UInt32 = 3
  package static let settingsTimeout: UInt32 = 4
  package static let streamClosed: UInt32 = 5
  package static let refusedStream: UInt32 = 7
  package static let cancel: UInt32 = 8
  package static let enhanceYourCalm: UInt32 = 11
}
