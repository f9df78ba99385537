import Glibc
import Reactor
import Synchronization
import Testing

/// Descriptors, times, turns and signals of a loop.
struct EventLoopTests {
    @Test("a handler hears of its descriptor until it ends the watch")
    func watchAndUnwatch() throws {
        let fixture = try LoopFixture()
        let calls = fixture.run { loop -> [Int] in
            guard let pipe = try? WatchedPipe() else { return [] }
            let recorder = Recorder()
            guard let watch = try? loop.watch(pipe.reading, for: .read, handler: recorder)
            else { return [] }
            var calls = [recorder.calls]
            pipe.fill()
            await loop.sleep(milliseconds: 1)
            calls.append(min(recorder.calls, 1))
            loop.update(watch, to: [])
            let heard = recorder.calls
            await loop.sleep(milliseconds: 1)
            calls.append(recorder.calls - heard)
            loop.unwatch(watch)
            loop.unwatch(watch)
            calls.append(loop.watchCount)
            return calls
        }
        #expect(calls == [0, 1, 0, 0])
    }

    @Test("an event for the former owner of a recycled slot reaches nobody")
    func staleEvent() throws {
        let fixture = try LoopFixture()
        let calls = fixture.run { loop -> [Int] in
            guard let first = try? WatchedPipe(), let second = try? WatchedPipe(),
                let quiet = try? WatchedPipe()
            else { return [] }
            let replacement = Recorder()
            let recorders = [Recorder(), Recorder()]
            var watches: [Watch] = []
            let replaceAll = {
                // Both are ready in this batch; the one not told yet must not be told any more.
                for watch in watches { loop.unwatch(watch) }
                watches = [quiet.reading, quiet.writing].compactMap {
                    try? loop.watch($0, for: .read, handler: replacement)
                }
            }
            for (recorder, pipe) in zip(recorders, [first, second]) {
                pipe.fill()
                recorder.whenCalled = replaceAll
                guard let watch = try? loop.watch(pipe.reading, for: .read, handler: recorder)
                else { return [] }
                watches.append(watch)
            }
            await loop.sleep(milliseconds: 1)
            for watch in watches { loop.unwatch(watch) }
            for recorder in recorders { recorder.whenCalled = {} }
            return [recorders[0].calls + recorders[1].calls, replacement.calls, loop.watchCount]
        }
        #expect(calls == [1, 0, 0])
    }

    @Test("a descriptor that cannot be watched is an error and leaves no watch behind")
    func failedWatch() throws {
        let fixture = try LoopFixture()
        let outcome = fixture.call { loop -> String in
            do throws(SystemError) {
                _ = try loop.watch(-1, for: .read, handler: Recorder())
                return "watched"
            } catch {
                return "\(error.call) \(error.number) \(loop.watchCount)"
            }
        }
        #expect(outcome == "epoll_ctl \(EBADF) 0")
    }

    @Test("timers fire once, in the order of their deadlines")
    func timerOrder() throws {
        let fixture = try LoopFixture()
        let order = fixture.run { loop -> [Int] in
            var order: [Int] = []
            let recorders = [3, 1, 2].map { number in
                let recorder = Recorder()
                recorder.whenCalled = { order.append(number) }
                loop.schedule(recorder, at: loop.now.advanced(byMilliseconds: number))
                return recorder
            }
            await loop.sleep(milliseconds: 6)
            withExtendedLifetime(recorders) {}
            return order
        }
        #expect(order == [1, 2, 3])
    }

    @Test("a handler that looks at a deadline moved meanwhile re-arms and fires at the later time")
    func lazyRearming() throws {
        let fixture = try LoopFixture()
        let outcome = fixture.run { loop -> [Bool] in
            let recorder = Recorder()
            let later = loop.now.advanced(byMilliseconds: 6)
            let promise = Promise<Void>()
            recorder.whenCalled = {
                if loop.now < later { return loop.schedule(recorder, at: later) }
                promise.keep(())
            }
            loop.schedule(recorder, at: loop.now.advanced(byMilliseconds: 1))
            await promise.value()
            recorder.whenCalled = {}
            return [loop.now >= later, recorder.calls == 2]
        }
        #expect(outcome == [true, true])
    }

    @Test("a timer of a handler that is gone does nothing")
    func goneTimer() throws {
        let fixture = try LoopFixture()
        let slept = fixture.run { loop -> Bool in
            loop.schedule(Recorder(), at: loop.now)
            await loop.sleep(milliseconds: 1)
            return true
        }
        #expect(slept == true)
    }

    @Test("the end of a turn comes after its jobs, once for each time it was asked for")
    func endOfTurn() throws {
        let fixture = try LoopFixture()
        let order = fixture.run { loop -> [String] in
            var order: [String] = []
            let again = Recorder()
            again.whenCalled = { order.append("end asked for at the end") }
            let ending = Recorder()
            ending.whenCalled = {
                order.append("end")
                loop.atEndOfTurn(again)
            }
            loop.atEndOfTurn(ending)
            loop.start {
                await Task.yield()
                order.append("job")
            }
            await loop.sleep(milliseconds: 2)
            return order
        }
        #expect(order == ["job", "end", "end asked for at the end"])
    }

    @Test("EINTR: a signal on the loop's thread disturbs nothing")
    func interrupted() throws {
        let fixture = try LoopFixture()
        var action = sigaction()
        unsafe action.__sigaction_handler.sa_handler = { _ in }
        unsafe sigaction(SIGURG, &action, nil)
        let thread = try #require(fixture.call { _ in pthread_self() })
        for number in 0..<200 {
            #expect(pthread_kill(thread, SIGURG) == 0)
            if number % 10 == 0 { #expect(fixture.call { $0.isCurrent } == true) }
        }
        #expect(fixture.run { await $0.sleep(milliseconds: 1) } != nil)
    }

    @Test("a blocked signal arrives on the loop through signalfd")
    func signals() throws {
        let fixture = try LoopFixture()
        let received = fixture.run { loop -> Int32 in
            Signals.block([SIGUSR1])
            let promise = Promise<Int32>()
            guard (try? Signals([SIGUSR1], on: loop) { promise.keep($0) }) != nil else { return -1 }
            pthread_kill(pthread_self(), SIGUSR1)
            return await promise.value()
        }
        #expect(received == SIGUSR1)
    }

    @Test("a descriptor is closed when its owner goes")
    func descriptorCloses() throws {
        var ends: [Int32] = [-1, -1]
        let result = unsafe ends.withUnsafeMutableBufferPointer { unsafe pipe($0.baseAddress) }
        #expect(result == 0)
        let reading = Descriptor(owning: ends[0])
        do {
            let writing = Descriptor(owning: ends[1])
            #expect(writing.number == ends[1])
        }
        var byte: UInt8 = 0
        #expect(unsafe read(reading.number, &byte, 1) == 0)
    }

    @Test("instants compare, move on and never run backwards")
    func instants() {
        let start = MonotonicInstant(nanoseconds: 5)
        let later = start.advanced(byMilliseconds: 2)
        #expect(later.nanoseconds == 2_000_005)
        #expect(start < later)
        #expect(later.nanoseconds(since: start) == 2_000_000)
        #expect(start.nanoseconds(since: later) == 0)
        #expect(start.advanced(byMilliseconds: -1) == start)
        #expect(MonotonicInstant.now <= MonotonicInstant.now)
    }

    @Test("an error names its call and its number")
    func errorText() {
        let error = SystemError(call: "bind", number: EADDRINUSE)
        #expect(error.description == "bind: Address already in use (\(EADDRINUSE))")
    }
}
