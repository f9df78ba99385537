import Glibc

/// A thread that runs one event loop.
package final class LoopThread: Sendable {
    /// The loop that runs on the thread.
    package let loop: EventLoop
    private let thread: pthread_t

    /// Starts a thread that runs `loop` until it is stopped.
    package init(running loop: EventLoop) throws(SystemError) {
        self.loop = loop
        let argument = unsafe Unmanaged.passRetained(loop).toOpaque()
        var started = pthread_t()
        let result = unsafe pthread_create(
            &started, nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                let loop = unsafe Unmanaged<EventLoop>.fromOpaque(argument).takeRetainedValue()
                do {
                    try loop.run()
                } catch {
                    // A loop that cannot wait is of no use; the others must not go on alone.
                    preconditionFailure("the event loop cannot wait for events: \(error)")
                }
                return nil
            }, argument)
        guard result == 0 else {
            unsafe Unmanaged<EventLoop>.fromOpaque(argument).release()
            throw SystemError(call: "pthread_create", number: result)
        }
        thread = started
    }

    /// Asks the loop to stop and waits for its thread to end.
    package func stopAndJoin() {
        loop.stop()
        pthread_join(thread, nil)
    }
}
