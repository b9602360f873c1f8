import EventLoop
import HTTP2
import Operations

/// The certificates of a running server, read again when their files change.
struct Certificates: Sendable {
  let credentials: TLSServerCredentials
  private let log: Log

  /// How often the files are looked at.
  private static let interval: Duration = .seconds(5)

  /// Nil when the configuration asks for none. **Blocks** while files are read.
  static func open(_ configuration: Configuration, log: Log) throws(CommandError) -> Certificates? {
    guard let files = configuration.tlsFiles else { return nil }
    do throws(TLSError) {
      let certificates = Certificates(credentials: try TLSServerCredentials(files), log: log)
      for warning in certificates.credentials.current.warnings { log.warning(warning) }
      return certificates
    } catch {
      throw CommandError(["cairn: \(error)"], .failure)
    }
  }

  /// Reloads whenever a file changes, until the task is cancelled.
  func watch(on loop: EventLoop, blocking: BlockingPool) async {
    while (try? await loop.sleep(for: Self.interval)) != nil {
      await blocking.run(on: loop) { if credentials.haveFilesChanged { reload() } }
    }
  }

  /// Uses what the files hold now; when that is no good, what is in use stays. **Blocks** while files are
  /// read.
  func reload() {
    do throws(TLSError) {
      let warnings = try credentials.reload().warnings
      log.info("certificates read again from \(credentials.files.certificate)")
      for warning in warnings { log.warning(warning) }
    } catch {
      log.error("certificates not replaced, the old ones stay in use: \(error)")
    }
  }
}
