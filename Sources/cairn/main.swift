import EventLoop
import Glibc

// Before anything can write to a socket or a pipe whose other end is gone.
signal(SIGPIPE, SIG_IGN)

// Not `await` in this file: it would give the main thread to libdispatch.
let loop = EventLoop(name: "cairn")
loop.execute {
  loop.startTask {
    let interface = CommandLineInterface(
      commands: Command.all, context: CommandContext(environment: ProcessEnvironment.variables, loop: loop))
    guard let words = ProcessArguments.words else {
      Output.complain(["the command line is not UTF-8"])
      ExitStatus.usage.endProcess()
    }
    await interface.run(words).endProcess()
  }
}
loop.runOnCurrentThread()
