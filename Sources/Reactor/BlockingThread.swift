import Glibc

/// A thread for calls that block, such as those to a disk: loops hand them over and go on.
///
/// Calls are made one after the other, in the order in which they were handed over. What waits is
/// bounded by the callers: each waits for its own call.
package final class BlockingThread: Sendable {
    private let loop: EventLoop
    private let thread: LoopThread

    /// Starts the thread.
    package init() throws(SystemError) {
        loop = try EventLoop()
        thread = try LoopThread(running: loop)
    }

    /// Makes a call on the thread; the caller goes on on its own loop afterwards.
    package func run<Result: Sendable>(
        _ call: @escaping @Sendable () throws(SystemError) -> Result
    ) async throws(SystemError) -> Result {
        let outcome = await withTaskExecutorPreference(loop) {
            () async -> Swift.Result<Result, SystemError> in
            do throws(SystemError) {
                return .success(try call())
            } catch {
                return .failure(error)
            }
        }
        return try outcome.get()
    }

    /// Computes something on the thread that would keep a loop for too long.
    package func value<Value: Sendable>(
        _ call: @escaping @Sendable () -> Value
    ) async -> Value {
        await withTaskExecutorPreference(loop) { () async -> Value in call() }
    }

    /// Has the thread wait for whatever else the machine has to do.
    ///
    /// For long work, which nobody waits for as one waits for an answer.
    package func yieldToOthers() async {
        await value {
            // Linux keeps niceness by thread: 0 is the calling one (setpriority(2)).
            _ = setpriority(
                __priority_which_t(PRIO_PROCESS.rawValue), 0, BlockingThread.lowNiceness)
        }
    }

    private static let lowNiceness: Int32 = 10

    /// Finishes what was handed over and ends the thread.
    package func stopAndJoin() {
        thread.stopAndJoin()
    }
}
