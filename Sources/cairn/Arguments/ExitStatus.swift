import GRPC
import Glibc

/// What the process leaves behind.
struct ExitStatus: Equatable, Sendable {
  let code: Int32

  static let success = ExitStatus(code: 0)
  /// Something failed here, not at a server.
  static let failure = ExitStatus(code: 1)
  /// The command line or the configuration is wrong.
  static let usage = ExitStatus(code: 2)
  /// Ended by a signal such as Ctrl-C's.
  static let interrupted = ExitStatus(code: 130)

  /// 64 and the number of the status code (`NOT_FOUND` is 69), apart from what shells and others use.
  static func status(_ code: StatusCode) -> ExitStatus {
    code == .ok ? .success : ExitStatus(code: 64 + code.rawValue)
  }

  /// Ends the process. Not by `exit`: threads may still be ending, and its handlers free what these use, as OpenSSL's do.
  func endProcess() -> Never {
    fflush(nil)
    _exit(code)
  }
}
