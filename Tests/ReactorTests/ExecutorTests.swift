import Dispatch
import Glibc
import Reactor
import Synchronization
import Testing

/// The loop as an executor: what starts on it goes on on it.
struct ExecutorTests {
    @Test("a handler stays on its loop through sleep, yield, async let, groups and promises")
    func staysOnLoop() throws {
        let fixture = try LoopFixture()
        let stayed = fixture.run { loop -> [Bool] in
            var stayed = [loop.isCurrent]
            await loop.sleep(milliseconds: 1)
            stayed.append(loop.isCurrent)
            await Task.yield()
            stayed.append(loop.isCurrent)
            async let first = child(of: loop)
            async let second = child(of: loop)
            stayed += await [first, second, loop.isCurrent]
            let group = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<8 { group.addTask { await child(of: loop) } }
                return await group.reduce(into: [Bool]()) { $0.append($1) }
            }
            stayed += group
            stayed.append(loop.isCurrent)
            let promise = Promise<Int>()
            loop.start { promise.keep(7) }
            stayed.append(await promise.value() == 7 && loop.isCurrent)
            return stayed
        }
        #expect(stayed == [Bool](repeating: true, count: 16))
    }

    @Test("a continuation that another thread resumes comes back to the loop")
    func resumedElsewhere() throws {
        let fixture = try LoopFixture()
        let stayed = fixture.run { loop -> Bool in
            let wasElsewhere = await withCheckedContinuation { continuation in
                DispatchQueue.global().async { continuation.resume(returning: !loop.isCurrent) }
            }
            return wasElsewhere && loop.isCurrent
        }
        #expect(stayed == true)
    }

    @Test("an operation runs at once, up to its first suspension")
    func startsAtOnce() throws {
        let fixture = try LoopFixture()
        let order = fixture.run { loop -> [Int] in
            let order = Mutex<[Int]>([])
            let promise = Promise<Void>()
            loop.start {
                order.withLock { $0.append(1) }
                await Task.yield()
                order.withLock { $0.append(3) }
                promise.keep(())
            }
            order.withLock { $0.append(2) }
            await promise.value()
            return order.withLock { $0 }
        }
        #expect(order == [1, 2, 3])
    }

    @Test("calls from many threads all run, on the loop, each thread's in its order")
    func executeFromOtherThreads() throws {
        let fixture = try LoopFixture()
        let threads = 8
        let calls = 1_000
        let seen = Mutex<[[Int]]>([[Int]](repeating: [], count: threads))
        let misplaced = Atomic<Int>(0)
        let all = Outcome<Void>()
        let left = Atomic<Int>(threads * calls)
        let loop = fixture.loop
        let record: @Sendable (Int, Int) -> Void = { thread, call in
            if !loop.isCurrent { misplaced.add(1, ordering: .relaxed) }
            seen.withLock { $0[thread].append(call) }
            if left.subtract(1, ordering: .relaxed).newValue == 0 { all.set(()) }
        }
        DispatchQueue.concurrentPerform(iterations: threads) { thread in
            for call in 0..<calls { loop.execute { record(thread, call) } }
        }
        #expect(all.wait() != nil)
        #expect(misplaced.load(ordering: .relaxed) == 0)
        #expect(seen.withLock { $0.allSatisfy { $0 == Array(0..<calls) } })
    }

    @Test("a task that never rests starves neither timers nor calls")
    func noStarvation() throws {
        let fixture = try LoopFixture()
        let rang = fixture.run { loop -> Bool in
            let isOver = Mutex(false)
            loop.start {
                await loop.sleep(milliseconds: 5)
                isOver.withLock { $0 = true }
            }
            while !isOver.withLock({ $0 }) { await Task.yield() }
            return true
        }
        #expect(rang == true)
    }

    @Test("a promise keeps its first value only")
    func firstValueCounts() throws {
        let fixture = try LoopFixture()
        let value = fixture.run { _ -> Int in
            let promise = Promise<Int>()
            promise.keep(1)
            promise.keep(2)
            return await promise.value()
        }
        #expect(value == 1)
    }

    @Test("a loop stops when another thread asks, also before it has run")
    func stopFromOutside() throws {
        let loop = try EventLoop()
        let thread = try LoopThread(running: loop)
        thread.stopAndJoin()
        let unstarted = try EventLoop()
        unstarted.stop()
        try unstarted.run()
        #expect(!loop.isCurrent)
    }
}

private func child(of loop: EventLoop) async -> Bool {
    let before = loop.isCurrent
    await Task.yield()
    return before && loop.isCurrent
}
