import CLinux
import Glibc

/// A counter that one thread raises and another waits for (`eventfd(2)`).
package struct EventDescriptor: ~Copyable, Sendable {
    private let descriptor: OwnedDescriptor

    /// A counter at zero.
    package init() throws(SystemCallFailure) {
        descriptor = OwnedDescriptor(
            taking: try valueOrErrno(.eventDescriptor) {
                eventfd(0, CInt(EFD_CLOEXEC | EFD_NONBLOCK))
            })
    }

    /// The descriptor, readable while the counter is above zero.
    package var rawDescriptor: CInt { descriptor.rawValue }

    /// Raises the counter.
    ///
    /// Any thread may call it.
    package func raise() {
        var one: UInt64 = 1
        unsafe write(descriptor.rawValue, &one, 8)
    }

    /// Sets the counter back to zero.
    package func clear() {
        var count: UInt64 = 0
        unsafe read(descriptor.rawValue, &count, 8)
    }
}
