import CLinux
import Glibc
import Synchronization

/// Room for a handler's frames, a hundred levels of message nesting and the C libraries'.
private let stackSize = 4 << 20

/// Starts a detached thread that runs `body`, with all signals blocked (they go to the thread that
/// asks for them).
func spawnThread(named name: String, _ body: @escaping @Sendable () -> Void) {
  final class Start: Sendable {
    let name: String
    let body: @Sendable () -> Void
    init(_ name: String, _ body: @escaping @Sendable () -> Void) {
      self.name = name
      self.body = body
    }
  }
  var attributes = pthread_attr_t()
  pthread_attr_init(&attributes)
  pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
  pthread_attr_setstacksize(&attributes, stackSize)
  var thread = pthread_t()
  let start = Unmanaged.passRetained(Start(name, body)).toOpaque()
  let code = pthread_create(
    &thread, &attributes,
    { argument in
      let start = Unmanaged<Start>.fromOpaque(argument!).takeRetainedValue()
      var all = sigset_t()
      sigfillset(&all)
      pthread_sigmask(SIG_BLOCK, &all, nil)
      // Linux keeps 15 characters of a thread's name.
      pthread_setname_np(pthread_self(), String(start.name.prefix(15)))
      start.body()
      return nil
    }, start)
  pthread_attr_destroy(&attributes)
  precondition(code == 0, "cannot start the thread \(name): error \(code)")
}

/// A counting semaphore between threads. It has memory of its own, for the system knows it by its address, and `&` of
/// a property may be that of a copy.
final class Semaphore: @unchecked Sendable {
  private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

  init() {
    semaphore.initialize(to: sem_t())
    sem_init(semaphore, 0, 0)
  }

  deinit {
    sem_destroy(semaphore)
    semaphore.deallocate()
  }

  func signal() { sem_post(semaphore) }

  func wait() {
    while sem_wait(semaphore) != 0 && errno == EINTR {}
  }
}
