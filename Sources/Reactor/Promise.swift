/// A value that one part of a loop will have later and one task of the same loop waits for.
///
/// Loop-confined: `keep` and `value` are called on the loop that runs the waiting task. Resuming
/// appends to the loop's own list, so a waiter goes on in the same turn.
@safe
package final class Promise<Value> {
    private var kept: Value?
    private var waiter: UnsafeContinuation<Value, Never>?
    private var isKept = false

    /// Creates a promise without a value.
    package init() {}

    /// Gives the value; the first one counts, so a late answer cannot overwrite a deadline's.
    package func keep(_ value: Value) {
        guard !isKept else { return }
        isKept = true
        if let waiter = unsafe waiter {
            unsafe self.waiter = nil
            nonisolated(unsafe) let value = value
            unsafe waiter.resume(returning: value)
        } else {
            kept = value
        }
    }

    /// Waits for the value; at most one task may wait, and only once.
    package func value() async -> Value {
        // Looked at inside only: on its way into the closure the task may be put aside, and the
        // value may come in that moment. Whoever looked before would then wait for ever.
        return unsafe await withUnsafeContinuation { continuation in
            if let kept {
                self.kept = nil
                nonisolated(unsafe) let value = kept
                unsafe continuation.resume(returning: value)
            } else {
                unsafe waiter = continuation
            }
        }
    }
}
