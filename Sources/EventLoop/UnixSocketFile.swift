import CLinux
import Glibc

/// The file of a listening unix-domain socket: made by `bind`, left behind by a server that was killed,
/// removed by one that stops.
///
/// The owner and the group of the file may connect (mode 0660); a folder with the set-group-id bit decides
/// which group that is.
struct UnixSocketFile {
  private static let mode: mode_t = 0o660
  /// How long another server that starts in the same folder is waited for.
  private static let lockTries = 100

  private let path: String
  private let device: dev_t
  private let inode: ino_t

  /// Binds `descriptor` and lets it listen. The socket file of a server that is gone is replaced; that of one
  /// that runs is not.
  static func listen(_ descriptor: Int32, path: String, address: SocketAddress, backlog: Int32)
    throws(SocketError) -> UnixSocketFile
  {
    // Two servers that find the same stale file must not take each other's new one for it.
    let folder = try lock(folderOf: path, address)
    defer { close(folder) }
    // Before it has a name, so that nobody else can connect in between.
    fchmod(descriptor, mode)
    var code = bind(descriptor, to: address)
    if code == EADDRINUSE {
      try removeStale(path, address: address)
      code = bind(descriptor, to: address)
    }
    guard code == 0 else { throw SocketError(address, "cannot listen", code: code) }
    var information = stat()
    guard Glibc.listen(descriptor, backlog) == 0, lstat(path, &information) == 0 else {
      let code = errno
      unlink(path)
      throw SocketError(address, "cannot listen", code: code)
    }
    chmod(path, mode)
    return UnixSocketFile(path: path, device: information.st_dev, inode: information.st_ino)
  }

  /// Removes the file unless somebody has put another in its place.
  func remove() {
    var information = stat()
    guard lstat(path, &information) == 0, information.st_dev == device, information.st_ino == inode else {
      return
    }
    unlink(path)
  }

  private static func bind(_ descriptor: Int32, to address: SocketAddress) -> Int32 {
    address.withSockaddr { Glibc.bind(descriptor, $0, $1) } == 0 ? 0 : errno
  }

  private static func lock(folderOf path: String, _ address: SocketAddress) throws(SocketError) -> Int32 {
    let slash = path.lastIndex(of: "/")
    let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw SocketError(address, "cannot open the folder \(folder)", code: errno) }
    for _ in 0..<lockTries {
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return descriptor }
      usleep(10_000)
    }
    close(descriptor)
    throw SocketError(
      address: address.description, problem: "cannot listen: \(folder) is locked by another process")
  }

  private static func removeStale(_ path: String, address: SocketAddress) throws(SocketError) {
    var information = stat()
    guard lstat(path, &information) == 0 else { return }
    guard information.st_mode & S_IFMT == S_IFSOCK else {
      throw SocketError(
        address: address.description, problem: "cannot listen: there is a file that is not a socket")
    }
    guard isStale(address) else {
      throw SocketError(
        address: address.description, problem: "cannot listen: another process listens there",
        code: EADDRINUSE)
    }
    guard unlink(path) == 0 || errno == ENOENT else {
      throw SocketError(address, "cannot remove the socket of a server that is gone", code: errno)
    }
  }

  /// Whether nobody listens. A full backlog, or no right to connect, is no proof of that.
  private static func isStale(_ address: SocketAddress) -> Bool {
    let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    let probe = socket(AF_UNIX, type, 0)
    guard probe >= 0 else { return false }
    defer { close(probe) }
    return address.withSockaddr { connect(probe, $0, $1) } != 0 && errno == ECONNREFUSED
  }
}
