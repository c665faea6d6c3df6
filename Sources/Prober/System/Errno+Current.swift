import CLinux
import Glibc
package import SystemPackage

extension Errno {
    /// What the last failed call of this thread left behind.
    ///
    /// Read it in the statement after the call: almost anything else may overwrite it.
    static var current: Errno { Errno(rawValue: errno) }

    /// The C name, `ECONNREFUSED`; `errno N` for one the C library does not know.
    package var symbol: String {
        guard let name = unsafe strerrorname_np(rawValue) else { return "errno \(rawValue)" }
        return unsafe String(cString: name)
    }
}
