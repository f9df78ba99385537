import Dispatch
import Glibc
import Reactor
import Synchronization

/// A loop on its own thread, and ways to wait from the test's thread for what happens on it.
final class LoopFixture {
    let loop: EventLoop
    private let thread: LoopThread

    init() throws {
        loop = try EventLoop()
        thread = try LoopThread(running: loop)
    }

    deinit {
        thread.stopAndJoin()
    }

    /// Runs an operation as a task of the loop and waits for its value.
    func run<Value: Sendable>(
        _ operation: @escaping @Sendable (EventLoop) async -> Value
    ) -> Value? {
        let outcome = Outcome<Value>()
        loop.execute { [loop] in
            loop.start { outcome.set(await operation(loop)) }
        }
        return outcome.wait()
    }

    /// Runs a call on the loop and waits for its value.
    func call<Value: Sendable>(_ body: @escaping @Sendable (EventLoop) -> Value) -> Value? {
        let outcome = Outcome<Value>()
        loop.execute { [loop] in outcome.set(body(loop)) }
        return outcome.wait()
    }
}

/// A value that another thread will give.
final class Outcome<Value: Sendable>: Sendable {
    private let value = Mutex<Value?>(nil)
    private let isSet = DispatchSemaphore(value: 0)

    func set(_ value: Value) {
        self.value.withLock { $0 = value }
        isSet.signal()
    }

    /// Waits for the value; nil when it has not come in ten seconds, which no test needs.
    func wait() -> Value? {
        guard isSet.wait(timeout: .now() + 10) == .success else { return nil }
        return value.withLock { $0 }
    }
}

/// A pipe whose ends close with it.
final class WatchedPipe {
    let reading: Int32
    let writing: Int32
    private let ends: Ends

    private struct Ends: ~Copyable {
        let reading: Descriptor
        let writing: Descriptor
    }

    init() throws {
        var numbers: [Int32] = [-1, -1]
        let result = unsafe numbers.withUnsafeMutableBufferPointer { buffer in
            unsafe pipe(buffer.baseAddress)
        }
        guard result == 0 else { throw SystemError.last("pipe") }
        reading = numbers[0]
        writing = numbers[1]
        ends = Ends(
            reading: Descriptor(owning: numbers[0]), writing: Descriptor(owning: numbers[1]))
    }

    func fill() {
        var byte: UInt8 = 1
        _ = unsafe write(writing, &byte, 1)
    }
}

/// Counts and remembers what a loop tells it.
final class Recorder: ReadinessHandler, TimerHandler, TurnEndHandler {
    private(set) var calls = 0
    var whenCalled: () -> Void = {}

    func descriptorIsReady(_ readiness: Interest) { called() }
    func timerFired() { called() }
    func turnEnds() { called() }

    private func called() {
        calls += 1
        whenCalled()
    }
}
