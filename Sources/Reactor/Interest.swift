import CLinux

/// What a watcher wants to be told about a descriptor, or what the kernel tells it.
package struct Interest: OptionSet, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// There is something to read, or the peer has closed.
    package static let read = Interest(rawValue: EPOLLIN.rawValue)
    /// There is room to write again.
    package static let write = Interest(rawValue: EPOLLOUT.rawValue)
    /// The peer will send nothing more (half-close); told while `read` is not watched too.
    package static let peerClosed = Interest(rawValue: EPOLLRDHUP.rawValue)
    /// Both directions are gone or the descriptor is broken; always told, never asked for.
    package static let broken = Interest(rawValue: EPOLLERR.rawValue | EPOLLHUP.rawValue)
    /// One waiter of several is woken (for descriptors shared by loops).
    package static let exclusive = Interest(rawValue: EPOLLEXCLUSIVE.rawValue)
}

/// Something that waits for a descriptor; lives on one loop.
package protocol ReadinessHandler: AnyObject {
    /// Called on the loop when a watched descriptor is ready.
    func descriptorIsReady(_ readiness: Interest)
}

/// Names one watched descriptor of one loop; a stale one is recognised and ignored.
package struct Watch: Equatable, Sendable {
    let slot: UInt32
    let generation: UInt32

    var token: UInt64 { UInt64(generation) << 32 | UInt64(slot) }

    init(slot: UInt32, generation: UInt32) {
        self.slot = slot
        self.generation = generation
    }

    init(token: UInt64) {
        slot = UInt32(truncatingIfNeeded: token)
        generation = UInt32(truncatingIfNeeded: token >> 32)
    }
}
