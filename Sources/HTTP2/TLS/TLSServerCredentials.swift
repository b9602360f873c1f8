import Glibc
import Synchronization

/// A server's certificates, which can be replaced while it runs: connections keep what they were made with,
/// new ones get what is current.
package final class TLSServerCredentials: Sendable {
  package let files: TLSServerFiles
  private let state: Mutex<State>

  private struct State: Sendable {
    var context: TLSContext
    var stamps: [FileStamp?]
  }

  /// **Blocks** while files are read.
  package init(_ files: TLSServerFiles) throws(TLSError) {
    self.files = files
    let stamps = files.all.map(FileStamp.init)
    state = Mutex(State(context: try TLSContext.server(files), stamps: stamps))
  }

  package var current: TLSContext { state.withLock { $0.context } }

  /// Whether a file is not what it was when the files were last looked at, used or not. **Blocks.**
  package var haveFilesChanged: Bool {
    let stamps = files.all.map(FileStamp.init)
    return state.withLock { $0.stamps != stamps }
  }

  /// Reads the files again. When they are no good, what is in use stays. **Blocks.**
  ///
  /// - Returns: What is in use from now on.
  @discardableResult
  package func reload() throws(TLSError) -> TLSContext {
    // Before the files are read, so that a later change is seen.
    let stamps = files.all.map(FileStamp.init)
    state.withLock { $0.stamps = stamps }
    let context = try TLSContext.server(files)
    state.withLock { $0.context = context }
    return context
  }
}

/// What tells one state of a file from another.
private struct FileStamp: Equatable, Sendable {
  private let inode: UInt
  private let size: Int
  private let seconds: Int
  private let nanoseconds: Int

  init?(_ path: String) {
    var information = stat()
    guard stat(path, &information) == 0 else { return nil }
    inode = UInt(information.st_ino)
    size = Int(information.st_size)
    seconds = information.st_mtim.tv_sec
    nanoseconds = information.st_mtim.tv_nsec
  }
}
