import Glibc

/// The space that is left where PostgreSQL writes.
enum DiskSpace {
  /// PostgreSQL makes its log in segments of 16 MB: with less than one it may stop at any commit.
  static let full: UInt64 = 20 << 20
  /// Enough to recover after a crash and go on.
  static let enoughToStart: UInt64 = 40 << 20

  /// Bytes available at `path`; `nil` when that cannot be found out.
  static func available(at path: String) -> UInt64? {
    var figures = statvfs()
    guard statvfs(path, &figures) == 0 else { return nil }
    return UInt64(figures.f_bavail) * UInt64(figures.f_frsize)
  }

  static func isFull(at path: String) -> Bool { available(at: path).map { $0 < full } ?? false }
}
