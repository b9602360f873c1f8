import CLinux
import Glibc
import Synchronization

/// One thread that waits on epoll and runs everything that belongs to its descriptors: callbacks,
/// timers, and the Swift tasks that prefer it as their executor.
///
/// A turn: handle ready descriptors, fire timers, run jobs until none is left, then flush each
/// connection that was touched, once. A call is parsed, handled, queried and answered on one
/// thread without a lock or a wake-up. Everything but ``execute(_:)``, ``run(_:)`` and ``enqueue(_:)`` must be
/// called on the loop.
package final class EventLoop: @unchecked Sendable {
  package let name: String

  let epoll: Int32
  private let wakeUp: Int32
  private var thread = pthread_t()
  private var isRunning = false
  private var stopRequested = false

  /// Read once for each descriptor that is ready and before jobs run: what one of them does may be older. What
  /// is counted from the moment of asking, such as a delay, takes ``Instant/now``.
  package internal(set) var now = Instant.now
  /// Counts the turns, so that work can be bounded in each of them.
  package private(set) var turn: UInt64 = 0
  /// When the turn began to handle descriptors.
  package private(set) var turnBegan = Instant.now

  var jobs: [UnownedJob] = []
  private var runningJobs: [UnownedJob] = []
  var flushes: [any Flushable] = []
  private var flushing: [any Flushable] = []
  var timers = TimerHeap()
  var polling = BusyPolling()
  private var slots: [Slot] = []
  private var nextGeneration: UInt32 = 1

  private struct Slot {
    var generation: UInt32 = 0
    var handler: (any DescriptorHandler)?
  }

  /// What other threads hand over. `isAwake` spares the eventfd write while a wake-up is under way.
  private struct Inbox: ~Copyable {
    var jobs: [UnownedJob] = []
    var bodies: [@Sendable () -> Void] = []
    var isAwake = false
  }
  private let inbox = Mutex(Inbox())

  /// Rounds of jobs in one turn before descriptors are looked at again, so that a task which
  /// yields for ever cannot starve the sockets.
  private static let roundsPerTurn = 64
  static let eventsPerTurn = 256

  /// A write to a socket whose peer is gone is an error of that socket, not the end of the process.
  private static let ignoresBrokenPipes: Void = { _ = signal(SIGPIPE, SIG_IGN) }()

  package init(name: String) {
    _ = Self.ignoresBrokenPipes
    self.name = name
    epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
    wakeUp = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
    precondition(epoll >= 0 && wakeUp >= 0, "cannot create an event loop: errno \(errno)")
    var event = epoll_event()
    event.events = DescriptorEvents.read.rawValue
    event.data.u64 = UInt64(UInt32(bitPattern: wakeUp))
    precondition(epoll_ctl(epoll, EPOLL_CTL_ADD, wakeUp, &event) == 0)
  }

  deinit {
    close(wakeUp)
    close(epoll)
  }

  // MARK: Life

  /// Starts the loop's thread. The loop keeps itself alive until ``stop()``.
  package func start() {
    let started = Semaphore()
    spawnThread(named: name) { [self] in
      thread = pthread_self()
      isRunning = true
      started.signal()
      turns()
    }
    started.wait()
  }

  /// Makes the calling thread the loop's thread until ``stop()`` is called.
  package func runOnCurrentThread() {
    thread = pthread_self()
    isRunning = true
    turns()
  }

  /// Ends the loop after the current turn. From any thread.
  package func stop() {
    execute { [self] in stopRequested = true }
  }

  package var isOnLoop: Bool { pthread_equal(thread, pthread_self()) != 0 }

  /// Traps in debug builds when called from elsewhere.
  @inline(__always)
  package func assertOnLoop() {
    assert(!isRunning || isOnLoop, "called off the loop \(name)")
  }

  /// Traps in every build when called from elsewhere: what belongs to a loop and is changed from another thread would
  /// break the memory of both.
  @inline(__always)
  private func requireLoop() {
    precondition(!isRunning || isOnLoop, "called off the loop \(name)")
  }

  // MARK: Work

  /// Runs `body` on the loop in one of its next turns. From any thread.
  package func execute(_ body: @escaping @Sendable () -> Void) {
    let mustWake = inbox.withLock { inbox in
      inbox.bodies.append(body)
      defer { inbox.isAwake = true }
      return !inbox.isAwake
    }
    if mustWake { wake() }
  }

  /// Has `flushable.flush()` called once at the end of this turn, after all jobs have run.
  package func needsFlush(_ flushable: any Flushable) {
    requireLoop()
    guard !flushable.isQueuedForFlush else { return }
    flushable.isQueuedForFlush = true
    flushes.append(flushable)
  }

  func enqueueJob(_ job: UnownedJob) {
    if isOnLoop {
      jobs.append(job)
      return
    }
    let mustWake = inbox.withLock { inbox in
      inbox.jobs.append(job)
      defer { inbox.isAwake = true }
      return !inbox.isAwake
    }
    if mustWake { wake() }
  }

  // MARK: Timers

  /// Arms `timer`; one that is armed already is moved. The delay counts from this moment, however long the turn
  /// has taken.
  package func schedule(_ timer: LoopTimer, after delay: Duration) {
    schedule(timer, at: .now + delay)
  }

  package func schedule(_ timer: LoopTimer, at deadline: Instant) {
    requireLoop()
    timers.remove(timer)
    timer.due = deadline
    timers.insert(timer)
  }

  package func cancel(_ timer: LoopTimer) {
    requireLoop()
    timers.remove(timer)
  }

  // MARK: Descriptors

  /// Watches `descriptor`, which must be non-blocking, until the registration is cancelled.
  package func register(
    _ descriptor: Int32, for events: DescriptorEvents, handler: any DescriptorHandler
  ) -> Registration {
    requireLoop()
    let index = Int(descriptor)
    if index >= slots.count {
      slots.append(contentsOf: repeatElement(Slot(), count: max(64, index + 1 - slots.count)))
    }
    let registration = Registration(
      loop: self, descriptor: descriptor, generation: nextGeneration, events: events)
    nextGeneration &+= 1
    if nextGeneration == 0 { nextGeneration = 1 }
    slots[index] = Slot(generation: registration.generation, handler: handler)
    control(EPOLL_CTL_ADD, registration)
    return registration
  }

  func modify(_ registration: Registration) { control(EPOLL_CTL_MOD, registration) }

  func remove(_ registration: Registration) {
    let index = Int(registration.descriptor)
    if slots[index].generation == registration.generation { slots[index] = Slot() }
    control(EPOLL_CTL_DEL, registration)
  }

  private func control(_ operation: Int32, _ registration: Registration) {
    requireLoop()
    var event = epoll_event()
    event.events = registration.events.rawValue
    event.data.u64 =
      UInt64(registration.generation) << 32 | UInt64(UInt32(bitPattern: registration.descriptor))
    _ = epoll_ctl(epoll, operation, registration.descriptor, &event)
  }

  // MARK: The turn

  private func turns() {
    let events = UnsafeMutablePointer<epoll_event>.allocate(capacity: Self.eventsPerTurn)
    defer { events.deallocate() }
    while !stopRequested {
      settle()
      turn &+= 1
      let count = waitForEvents(events)
      turnBegan = now
      for index in 0..<count {
        if index > 0 { now = .now }
        deliver(events[index])
      }
      while let timer = timers.popFirst(notAfter: now) { timer.fire() }
    }
    settle()
    isRunning = false
  }

  /// Jobs and flushes feed each other: a flush may resume a writer that waited for room.
  private func settle() {
    var rounds = 0
    if !jobs.isEmpty { now = .now }
    while rounds < Self.roundsPerTurn, !(jobs.isEmpty && flushes.isEmpty) {
      while rounds < Self.roundsPerTurn, !jobs.isEmpty {
        rounds += 1
        swap(&jobs, &runningJobs)
        for job in runningJobs { job.runSynchronously(on: asUnownedTaskExecutor()) }
        runningJobs.removeAll(keepingCapacity: true)
      }
      swap(&flushes, &flushing)
      for flushable in flushing {
        flushable.isQueuedForFlush = false
        flushable.flush()
      }
      flushing.removeAll(keepingCapacity: true)
    }
  }

  private func deliver(_ event: epoll_event) {
    let index = Int(event.data.u64 & 0xffff_ffff)
    let generation = UInt32(event.data.u64 >> 32)
    if generation == 0 {
      takeInbox()
    } else if slots[index].generation == generation, let handler = slots[index].handler {
      handler.descriptorReady(DescriptorEvents(rawValue: event.events))
    }
  }

  private func takeInbox() {
    var counter: UInt64 = 0
    _ = read(wakeUp, &counter, 8)
    var bodies: [@Sendable () -> Void] = []
    inbox.withLock { inbox in
      inbox.isAwake = false
      jobs.append(contentsOf: inbox.jobs)
      inbox.jobs.removeAll(keepingCapacity: true)
      swap(&bodies, &inbox.bodies)
    }
    for body in bodies { body() }
  }

  private func wake() {
    var one: UInt64 = 1
    _ = write(wakeUp, &one, 8)
  }
}
