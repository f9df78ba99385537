import CLinux
import Glibc

/// Receives chosen signals on a loop, through signalfd instead of an interrupt.
package final class Signals: ReadinessHandler {
    /// A request to stop: SIGTERM of an orchestrator, SIGINT of a keyboard, SIGHUP of a terminal
    /// that closes.
    package static let stopping: [Int32] = [SIGTERM, SIGINT, SIGHUP]

    private let descriptor: Descriptor
    private let receive: (Int32) -> Void

    /// Keeps the signals from interrupting any thread; call it before the first thread starts.
    ///
    /// SIGPIPE is ignored as well: a peer that has gone is an error of `write`, not of the program.
    package static func block(_ numbers: [Int32]) {
        var set = makeSet(numbers)
        unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
        signal(SIGPIPE, SIG_IGN)
    }

    /// Calls `receive` on the loop with the number of each blocked signal that arrives.
    package init(
        _ numbers: [Int32], on loop: EventLoop, receive: @escaping (Int32) -> Void
    ) throws(SystemError) {
        var set = Signals.makeSet(numbers)
        let flags = Int32(SFD_CLOEXEC | SFD_NONBLOCK)
        let number = unsafe signalfd(-1, &set, flags)
        guard number >= 0 else { throw .last("signalfd") }
        descriptor = Descriptor(owning: number)
        self.receive = receive
        _ = try loop.watch(number, for: .read, handler: self)
    }

    package func descriptorIsReady(_ readiness: Interest) {
        var signal = signalfd_siginfo()
        let size = MemoryLayout<signalfd_siginfo>.size
        while unsafe read(descriptor.number, &signal, size) == size {
            receive(Int32(signal.ssi_signo))
        }
    }

    private static func makeSet(_ numbers: [Int32]) -> sigset_t {
        var set = sigset_t()
        unsafe sigemptyset(&set)
        for number in numbers { unsafe sigaddset(&set, number) }
        return set
    }
}
