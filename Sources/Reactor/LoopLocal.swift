/// A place for what belongs to one loop, which other threads may carry but not open.
package final class LoopLocal<Value>: @unchecked Sendable {
    /// The loop on which it may be opened.
    package let loop: EventLoop
    private var stored: Value?

    /// An empty place on a loop.
    package init(on loop: EventLoop) {
        self.loop = loop
    }

    /// What lies there; stops the program anywhere but on the loop.
    package var value: Value? {
        get {
            precondition(loop.isCurrent, "loop-confined state is opened on its own loop")
            return stored
        }
        set {
            precondition(loop.isCurrent, "loop-confined state is opened on its own loop")
            stored = newValue
        }
    }
}
