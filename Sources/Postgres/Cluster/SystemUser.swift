import Glibc

/// The user that PostgreSQL runs as: it refuses to run as root.
struct SystemUser: Sendable, Equatable {
  let name: String
  let uid: uid_t
  let gid: gid_t
  /// Whether the server must change to it, being root.
  let isOther: Bool

  /// The server's own user, or Debian's `postgres` when that is root.
  static func forPostgres() throws(PostgresError) -> SystemUser {
    guard geteuid() == 0 else {
      return SystemUser(name: "", uid: geteuid(), gid: getegid(), isOther: false)
    }
    guard let entry = getpwnam("postgres") else {
      throw PostgresError(
        .cluster,
        "PostgreSQL does not run as root and there is no system user postgres. Run the server as "
          + "another user, or install Debian's postgresql package, which makes that user.")
    }
    return SystemUser(
      name: "postgres", uid: entry.pointee.pw_uid, gid: entry.pointee.pw_gid, isOther: true)
  }

  /// `command` with what is needed to run it as this user: setpriv replaces itself by it, so that the
  /// process id stays the same.
  func command(_ command: [String]) -> [String] {
    guard isOther else { return command }
    return ["/usr/bin/setpriv", "--reuid=\(uid)", "--regid=\(gid)", "--init-groups", "--"] + command
  }
}
