import Glibc

/// Standard output and standard error, as the commands use them.
///
/// Results go to standard output, all else to standard error. When the reader of a pipe has gone,
/// that is a normal end.
enum Console {
    /// Whether standard error is a terminal.
    static var errorIsTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    /// Whether standard output is a terminal.
    static var outputIsTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

    /// Writes `bytes` to standard output.
    static func write(_ bytes: [UInt8]) { write(bytes, to: STDOUT_FILENO) }

    /// Writes `text` to standard output.
    static func write(_ text: String) { write(Array(text.utf8)) }

    /// Writes `text` and a line end to standard error.
    static func note(_ text: String) { write(Array("\(text)\n".utf8), to: STDERR_FILENO) }

    /// Writes `text` to standard error as it is.
    static func progress(_ text: String) { write(Array(text.utf8), to: STDERR_FILENO) }

    private static func write(_ bytes: [UInt8], to descriptor: CInt) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno == EPIPE {
                exit(0)
            } else if errno != EINTR && errno != EAGAIN {
                return
            }
        }
    }
}
