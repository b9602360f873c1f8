import EventLoop
import Glibc
import Operations
import Postgres

/// Runs a server until it is told to stop, and answers how the process should exit.
///
/// - Parameter loop: the loop of the calling task, on the process's main thread.
func serve(_ configuration: Configuration, on loop: EventLoop) async throws(CommandError) -> ExitStatus {
  let signals = TerminationSignals(on: loop)
  ResourceLimits.raiseDescriptors()
  ResourceLimits.giveBackMemory()
  let log = Log(level: configuration.logLevel)
  let certificates = try Certificates.open(configuration, log: log)
  try requireFree(configuration.listen, on: loop)
  if let url = configuration.databaseURL, configuration.databaseWait > .zero {
    guard
      try await waitForDatabase(
        at: url, within: configuration.databaseWait, signals: signals, log: log, on: loop)
    else {
      return .success
    }
  }
  let database: Database
  let server: RunningServer
  do throws(PostgresError) {
    database = try Database.open(configuration, log: log)
    server = try started(configuration, database: database, certificates: certificates, log: log)
  } catch {
    throw CommandError(error)
  }
  defer { database.cluster?.stop() }
  do throws(SocketError) {
    Announcement.print(
      try await server.listen(configuration.listen), database: database, isSecure: certificates != nil)
  } catch {
    await server.stop(within: .zero)
    throw CommandError(cannotListen: error)
  }
  var signal = await signals.next()
  // Without certificates to read again, a hang-up is what it is elsewhere: the end.
  while signal == SIGHUP, let certificates {
    certificates.reload()
    signal = await signals.next()
  }
  log.info("stopping on signal \(signal); a second one cuts off the calls in flight")
  loop.startTask {
    while await signals.next() == SIGHUP {}
    server.cutOff()
  }
  let isClean = await server.stop(notice: configuration.drainNotice, within: configuration.drainTimeout)
  return isClean ? .success : .failure
}

/// Throws when one of the addresses cannot be listened on: before a cluster is made for nothing.
private func requireFree(_ texts: [String], on loop: EventLoop) throws(CommandError) {
  do throws(SocketError) {
    for text in texts {
      for address in try SocketAddress.resolve(text) {
        do throws(SocketError) {
          let listener = try Listener(address, on: loop) { descriptor, _ in close(descriptor) }
          listener.start()
          listener.stop()
        } catch {
          // One of several addresses of a name may be missing; the server itself decides.
          guard error.code == EADDRNOTAVAIL || error.code == EAFNOSUPPORT else { throw error }
        }
      }
    }
  } catch {
    throw CommandError(cannotListen: error)
  }
}

extension CommandError {
  init(cannotListen error: SocketError) {
    let advice = ". Stop the program that listens there, or choose another address with --listen."
    self.init(["cairn: \(error)\(error.code == EADDRINUSE ? advice : "")"], .failure)
  }
}

/// A cluster that was started for a server that cannot start is stopped again.
private func started(
  _ configuration: Configuration, database: Database, certificates: Certificates?, log: Log
) throws(PostgresError) -> RunningServer {
  do throws(PostgresError) {
    return try RunningServer(configuration, database, certificates, log)
  } catch {
    database.cluster?.stop()
    throw error
  }
}
