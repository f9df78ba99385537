/// Something that waits for a time to come; lives on one loop.
package protocol TimerHandler: AnyObject {
    /// Called on the loop once the deadline has passed.
    func timerFired()
}

/// The pending timers of one loop: a binary heap, earliest deadline on top.
///
/// There is no cancel. A handler whose deadline has moved to a later time keeps its entry and,
/// when that fires, looks at its own deadline and schedules the rest: one entry per connection
/// instead of one per request. The heap holds its handlers weakly, so an entry of a handler that
/// is gone costs nothing but its place.
struct TimerQueue {
    /// A deadline and whom to call at it.
    private struct Entry {
        let deadline: MonotonicInstant
        weak var handler: (any TimerHandler)?
    }

    private var heap: [Entry] = []

    var earliest: MonotonicInstant? { heap.first?.deadline }
    var count: Int { heap.count }

    mutating func insert(_ handler: any TimerHandler, at deadline: MonotonicInstant) {
        heap.append(Entry(deadline: deadline, handler: handler))
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            if heap[parent].deadline <= heap[child].deadline { break }
            heap.swapAt(parent, child)
            child = parent
        }
    }

    /// Takes the earliest entry whose deadline has passed; the handler may be gone.
    mutating func popExpired(at now: MonotonicInstant) -> (any TimerHandler)?? {
        guard let top = heap.first, top.deadline <= now else { return nil }
        let last = heap.removeLast()
        if !heap.isEmpty {
            heap[0] = last
            sinkTop()
        }
        return .some(top.handler)
    }

    private mutating func sinkTop() {
        var parent = 0
        while true {
            var smallest = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < heap.count && heap[child].deadline < heap[smallest].deadline {
                smallest = child
            }
            if smallest == parent { return }
            heap.swapAt(parent, smallest)
            parent = smallest
        }
    }
}
