import Reactor

/// Callers that wait in order for something of a loop, bounded in number and time.
final class WaitingLine<Value>: TimerHandler {
    /// One caller in the line.
    private final class Place {
        let turn = Promise<Value?>()
        let deadline: MonotonicInstant

        init(deadline: MonotonicInstant) {
            self.deadline = deadline
        }
    }

    private let loop: EventLoop
    private let limit: Int
    private let milliseconds: Int
    private var places = Queue<Place>()
    private var isTimed = false

    init(loop: EventLoop, limit: Int, milliseconds: Int) {
        self.loop = loop
        self.limit = limit
        self.milliseconds = milliseconds
    }

    var count: Int { places.count }
    var isEmpty: Bool { places.isEmpty }

    /// Waits for a value; nil when too many wait or the deadline passes.
    func wait() async -> Value? {
        guard places.count < limit else { return nil }
        let place = Place(deadline: loop.now.advanced(byMilliseconds: milliseconds))
        places.append(place)
        if !isTimed { time(place.deadline) }
        return await place.turn.value()
    }

    /// Gives a value to the first in line; the line must not be empty.
    func serve(_ value: Value) {
        places.popFirst()?.turn.keep(value)
    }

    /// Sends everyone away.
    func close() {
        while let place = places.popFirst() { place.turn.keep(nil) }
    }

    func timerFired() {
        isTimed = false
        // All wait equally long, so the first in line is the first whose deadline passes.
        while let first = places.first, first.deadline <= loop.now {
            places.popFirst()?.turn.keep(nil)
        }
        if let first = places.first { time(first.deadline) }
    }

    private func time(_ deadline: MonotonicInstant) {
        isTimed = true
        loop.schedule(self, at: deadline)
    }
}
