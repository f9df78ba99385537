/// Starting tasks on a loop and sleeping in them.
extension EventLoop {
    /// Runs `operation` at once on the loop, up to its first suspension; later parts return here.
    ///
    /// Must be called on the loop. The operation is not `Sendable`-checked against the caller:
    /// both stand on the same thread.
    package func start(_ operation: @escaping () async -> Void) {
        assertCurrent()
        let confined = LoopConfined(operation)
        Task.immediate(executorPreference: self) { await confined.value() }
    }

    /// Suspends the calling task for so many milliseconds of monotonic time.
    package func sleep(milliseconds: Int) async {
        let alarm = Alarm()
        schedule(alarm, at: now.advanced(byMilliseconds: milliseconds))
        await alarm.passed.value()
        // Timers hold weakly: without a later use the alarm could be gone before it rings.
        withExtendedLifetime(alarm) {}
    }
}

/// Carries a value past the compiler's check into a task that stays on the same loop.
private struct LoopConfined<Value>: @unchecked Sendable {
    let value: Value

    init(_ value: Value) {
        self.value = value
    }
}

/// Wakes the one sleeping task that keeps it alive.
private final class Alarm: TimerHandler {
    let passed = Promise<Void>()

    func timerFired() {
        passed.keep(())
    }
}
