import Testing

@testable import Reactor

/// The order of the timers, whatever the order of their arrival.
struct TimerQueueTests {
    @Test("entries come out by deadline, as many as went in", arguments: [1, 2, 3, 4, 5])
    func heapProperty(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let handler = Recorder()
        var queue = TimerQueue()
        var expected: [UInt64] = []
        var popped: [UInt64] = []
        for _ in 0..<2_000 {
            if UInt64.random(in: 0..<3, using: &generator) > 0 {
                let deadline = UInt64.random(in: 0..<500, using: &generator)
                queue.insert(handler, at: MonotonicInstant(nanoseconds: deadline))
                expected.append(deadline)
            } else if let earliest = queue.earliest {
                #expect(earliest.nanoseconds == expected.min())
                expected.firstIndex(of: earliest.nanoseconds).map { _ = expected.remove(at: $0) }
                #expect(queue.popExpired(at: earliest) != nil)
            }
            #expect(queue.count == expected.count)
        }
        while let earliest = queue.earliest {
            popped.append(earliest.nanoseconds)
            #expect(queue.popExpired(at: earliest) != nil)
        }
        #expect(popped == expected.sorted())
    }

    @Test("an entry does not come out before its deadline")
    func notEarly() {
        let handler = Recorder()
        var queue = TimerQueue()
        queue.insert(handler, at: MonotonicInstant(nanoseconds: 10))
        #expect(queue.popExpired(at: MonotonicInstant(nanoseconds: 9)) == nil)
        #expect(queue.count == 1)
        #expect(queue.popExpired(at: MonotonicInstant(nanoseconds: 10)) != nil)
        #expect(queue.count == 0)
        #expect(queue.popExpired(at: MonotonicInstant(nanoseconds: 11)) == nil)
    }

    @Test("a handler that is gone leaves an entry without a handler")
    func goneHandler() {
        var queue = TimerQueue()
        do {
            let handler = Recorder()
            queue.insert(handler, at: MonotonicInstant(nanoseconds: 1))
        }
        let entry = queue.popExpired(at: MonotonicInstant(nanoseconds: 1))
        #expect(entry != nil)
        if let handler = entry { #expect(handler == nil) }
        #expect(queue.count == 0)
    }
}
