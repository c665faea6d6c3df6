import Prober
import SystemPackage

/// The two streams of a command, as people see them.
///
/// Results go to standard output through ``OutputDestination``, all else here to standard error.
enum Console {
    /// Whether standard error is a terminal.
    static var errorIsTerminal: Bool { FileDescriptor.standardError.isTerminal }

    /// Whether standard output is a terminal.
    static var outputIsTerminal: Bool { FileDescriptor.standardOutput.isTerminal }

    /// Writes `text` as one line to standard error; control characters in it are shown.
    static func note(_ text: String) { progress(text.escapedForTerminal + "\n") }

    /// Writes `text` to standard error as it is.
    ///
    /// A stream that nobody reads is no failure.
    static func progress(_ text: String) {
        _ = try? FileDescriptor.standardError.writeAll(text.utf8)
    }
}
