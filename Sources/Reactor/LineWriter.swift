import CLinux
import Glibc
import Synchronization

/// Writes lines to a descriptor from a thread of its own, so that who has a line never waits.
///
/// Lines wait in a bounded queue. When the queue is full because the reader or the disk is slow,
/// or a write fails because the disk is full, lines are dropped and counted. Each line is written
/// whole or, when the disk fills up in the middle of it, is ended before the next one begins.
package final class LineWriter: Sendable {
    /// Bytes of the longest line, its newline included: what a pipe takes in one piece (PIPE_BUF).
    package static let maximumLineBytes = 4_096

    private let queue: LineQueue
    private let thread: pthread_t

    /// Starts a thread that writes to a descriptor, which stays the caller's and must stay open.
    ///
    /// `capacity` is the number of lines that may wait.
    package init(to descriptor: Int32, capacity: Int = 8_192) throws(SystemError) {
        let number = eventfd(0, Int32(EFD_CLOEXEC))
        guard number >= 0 else { throw .last("eventfd") }
        let queue = LineQueue(
            descriptor: descriptor, wakeUp: Descriptor(owning: number), capacity: capacity)
        let argument = unsafe Unmanaged.passRetained(queue).toOpaque()
        var started = pthread_t()
        let result = unsafe pthread_create(
            &started, nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                unsafe Unmanaged<LineQueue>.fromOpaque(argument).takeRetainedValue().drain()
                return nil
            }, argument)
        guard result == 0 else {
            unsafe Unmanaged<LineQueue>.fromOpaque(argument).release()
            throw SystemError(call: "pthread_create", number: result)
        }
        self.queue = queue
        thread = started
    }

    /// Lines that were dropped so far.
    package var droppedCount: Int { queue.dropped.load(ordering: .relaxed) }

    /// Appends a newline to the bytes and queues them; any thread may call it.
    ///
    /// The bytes must hold no newline and fewer than `maximumLineBytes` bytes, else they are
    /// dropped and counted.
    package func write(_ line: [UInt8]) {
        queue.append(line)
    }

    /// Writes what waits and ends the thread.
    ///
    /// A reader that takes nothing for a second loses it.
    package func stopAndJoin() {
        queue.stop()
        pthread_join(thread, nil)
    }
}

/// What the callers of a `LineWriter` and its thread share.
private final class LineQueue: Sendable {
    /// The lines that the thread has not taken yet.
    private struct Waiting {
        var bytes: [UInt8] = []
        var count = 0
        /// Whether the thread will look into the queue without being woken.
        var isAwake = false
        var isStopped = false
    }

    /// How long lines gather before they are written together, in microseconds: the thread wakes
    /// at most that often, whatever the number of lines.
    private static let gatherMicroseconds: UInt32 = 5_000
    private static let stopMilliseconds: Int32 = 1_000

    private let descriptor: Int32
    private let wakeUp: Descriptor
    private let capacity: Int
    private let waiting = Mutex(Waiting())
    let dropped = Atomic<Int>(0)

    init(descriptor: Int32, wakeUp: consuming Descriptor, capacity: Int) {
        self.descriptor = descriptor
        self.wakeUp = wakeUp
        self.capacity = capacity
    }

    func append(_ line: [UInt8]) {
        guard line.count < LineWriter.maximumLineBytes else { return drop(1) }
        // Of long lines fewer may wait: a quarter of the longest length is the mean allowed.
        let byteCapacity = capacity * LineWriter.maximumLineBytes / 4
        let (isTaken, mustRing) = waiting.withLock { waiting in
            guard !waiting.isStopped, waiting.count < capacity,
                waiting.bytes.count < byteCapacity
            else { return (false, false) }
            waiting.bytes.append(contentsOf: line)
            waiting.bytes.append(0x0A)
            waiting.count += 1
            defer { waiting.isAwake = true }
            return (true, !waiting.isAwake)
        }
        if !isTaken { drop(1) }
        if mustRing { ring() }
    }

    func stop() {
        waiting.withLock { $0.isStopped = true }
        ring()
    }

    private func ring() {
        var one: UInt64 = 1
        // Fails only when the counter is full, and then the thread is awake anyway.
        _ = unsafe Glibc.write(wakeUp.number, &one, 8)
    }

    private func drop(_ count: Int) {
        dropped.add(count, ordering: .relaxed)
    }

    // MARK: On the thread

    /// Writes until the queue is stopped and empty.
    func drain() {
        var batch: [UInt8] = []
        var endsMidLine = false
        while true {
            batch.removeAll(keepingCapacity: true)
            let isStopped = waiting.withLock { waiting in
                swap(&batch, &waiting.bytes)
                waiting.count = 0
                if batch.isEmpty { waiting.isAwake = false }
                return waiting.isStopped
            }
            if !batch.isEmpty {
                endsMidLine = write(batch, behindCutLine: endsMidLine)
            } else if isStopped {
                return
            } else {
                var count: UInt64 = 0
                _ = unsafe read(wakeUp.number, &count, 8)
            }
            if !isStopped { usleep(Self.gatherMicroseconds) }
        }
    }

    /// Writes whole lines; returns whether a line was cut by a failure.
    private func write(_ batch: [UInt8], behindCutLine: Bool) -> Bool {
        var position = 0
        if behindCutLine {
            guard put([0x0A], 0..<1) == 1 else {
                drop(lineCount(of: batch[...]))
                return true
            }
        }
        while position < batch.count {
            let end = pieceEnd(in: batch, from: position)
            let written = put(batch, position..<end)
            if written < end - position {
                // Whatever ails the descriptor will ail it for the rest of the batch too.
                drop(lineCount(of: batch[(position + written)...]))
                return written > 0 && batch[position + written - 1] != 0x0A
            }
            position = end
        }
        return false
    }

    /// The end of the longest run of whole lines that a pipe takes in one piece.
    private func pieceEnd(in batch: [UInt8], from start: Int) -> Int {
        var end = min(batch.count, start + LineWriter.maximumLineBytes)
        while batch[end - 1] != 0x0A { end -= 1 }
        return end
    }

    private func lineCount(of bytes: ArraySlice<UInt8>) -> Int {
        bytes.reduce(0) { $1 == 0x0A ? $0 + 1 : $0 }
    }

    /// Writes a piece; returns how many of its bytes were taken before a failure.
    private func put(_ bytes: [UInt8], _ range: Range<Int>) -> Int {
        var written = 0
        while written < range.count {
            guard isWritable() else { return written }
            let result = unsafe bytes.withUnsafeBytes { buffer in
                let rest = unsafe UnsafeRawBufferPointer(
                    rebasing: buffer[(range.lowerBound + written)..<range.upperBound])
                return unsafe Glibc.write(descriptor, rest.baseAddress, rest.count)
            }
            if result > 0 {
                written += result
            } else if result == 0 || (errno != EINTR && errno != EAGAIN) {
                return written
            }
        }
        return written
    }

    /// Waits for room, so that the write that follows does not block where `stop` cannot end it.
    private func isWritable() -> Bool {
        while true {
            var state = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            let result = unsafe poll(&state, 1, Self.stopMilliseconds)
            if result > 0 { return true }
            if result < 0 && errno != EINTR { return false }
            if result == 0 && waiting.withLock({ $0.isStopped }) { return false }
        }
    }
}
