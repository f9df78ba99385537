import Glibc

/// An open file descriptor that is closed exactly once: when its only owner goes.
package struct Descriptor: ~Copyable {
    /// The number the kernel knows it by.
    package let number: Int32

    /// Takes ownership of a descriptor that a system call has just returned.
    package init(owning number: Int32) {
        self.number = number
    }

    deinit {
        // Not repeated on EINTR: Linux has released the number by then (close(2)).
        _ = close(number)
    }
}
