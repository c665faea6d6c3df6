import CLinux
import Glibc
package import SystemPackage

extension Errno {
    /// What the last failed call of this thread left behind.
    ///
    /// Read it in the statement after the call: almost anything else may overwrite it.
    static var current: Errno { Errno(rawValue: errno) }

    /// The C name, `ECONNREFUSED`; `E4095` for one the C library does not know.
    package var symbol: String {
        guard let name = unsafe strerrorname_np(rawValue) else { return "E\(rawValue)" }
        return unsafe String(cString: name)
    }

    /// The highest number that Linux gives to an error, EHWPOISON (errno-base.h, errno.h).
    private static let greatest: CInt = 133

    /// The error whose ``symbol`` is `symbol`, or nil when it is none.
    package init?(symbol: String) {
        let known = (1...Self.greatest).lazy.map { Errno(rawValue: $0) }
        if let error = known.first(where: { $0.symbol == symbol }) {
            self = error
        } else if symbol.hasPrefix("E"), let number = CInt(symbol.dropFirst()) {
            self.init(rawValue: number)
        } else {
            return nil
        }
    }
}
