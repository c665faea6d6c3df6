import Glibc

/// A descriptor that is closed when its owner goes.
package struct OwnedDescriptor: ~Copyable, Sendable {
    /// The kernel's number; borrowed by the calls around it.
    package let rawValue: CInt

    /// Takes over `rawValue`, which must be open and owned by nobody else.
    package init(taking rawValue: CInt) { self.rawValue = rawValue }

    deinit { close(rawValue) }
}
