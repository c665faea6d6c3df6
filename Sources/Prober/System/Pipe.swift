import CLinux
import Glibc
import SystemPackage

/// A pipe of which a program has the other end.
final class Pipe {
    private(set) var reader: CInt
    private(set) var writer: CInt

    init() throws(Errno) {
        var ends: (CInt, CInt) = (-1, -1)
        let result = unsafe withUnsafeMutablePointer(to: &ends) { pointer in
            unsafe pointer.withMemoryRebound(to: CInt.self, capacity: 2) {
                unsafe pipe2($0, O_CLOEXEC)
            }
        }
        guard result == 0 else { throw Errno.current }
        (reader, writer) = ends
    }

    func closeWriter() {
        if writer >= 0 { close(writer) }
        writer = -1
    }

    /// The end to read from, for the caller to close.
    func takeReader() -> CInt {
        defer { reader = -1 }
        return reader
    }

    /// The end to write to, for the caller to close.
    func takeWriter() -> CInt {
        defer { writer = -1 }
        return writer
    }

    deinit {
        closeWriter()
        if reader >= 0 { close(reader) }
    }
}
