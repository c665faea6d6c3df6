package import SystemPackage

/// A system call that failed, and why.
package struct SystemCallFailure: Error, Hashable {
    /// The call.
    package var call: SystemCallName
    /// What it left in errno.
    package var errno: Errno

    package init(_ call: SystemCallName, _ errno: Errno) {
        self.call = call
        self.errno = errno
    }
}

/// The result of a call that returns -1 and sets errno on failure, tried again after a signal.
///
/// Nothing may stand between the call and the read of errno; that is why this takes the call.
func valueOrErrno(
    _ call: SystemCallName, _ body: () -> CInt
) throws(SystemCallFailure) -> CInt {
    while true {
        let value = body()
        if value != -1 { return value }
        let errno = Errno.current
        if errno != .interrupted { throw SystemCallFailure(call, errno) }
    }
}
