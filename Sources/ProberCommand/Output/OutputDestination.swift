import Prober
import SystemPackage

/// Where a command's result goes: standard output, or a file that appears when it is whole.
struct OutputDestination: ~Copyable {
    private var file: OutputFile?
    private let path: String
    private var hasReaderLeft = false

    /// Whether a person reads along.
    var isTerminal: Bool { file == nil && Console.outputIsTerminal }

    /// The file at `path`, or standard output for nil.
    ///
    /// Make it before any work is done, so that a name that cannot be written to is found first.
    init(_ path: String?) throws(InputError) {
        self.path = path ?? "standard output"
        if let path {
            file = try OutputFile(path)
        } else {
            file = nil
        }
    }

    /// The file that is renamed in the end, and what it replaces; nil when there is none.
    var replacement: (file: FileDescriptor, target: FilePath)? {
        switch file {
        case .some(let file): file.replacement
        case .none: nil
        }
    }

    /// Writes `bytes` after what was written before.
    ///
    /// After a second signal it gives up on a reader that takes nothing for a second: the command
    /// would be deaf otherwise.
    ///
    /// - Throws: ``OutputError``.
    func write(
        _ bytes: [UInt8], until signals: borrowing SignalDescriptor
    ) throws(OutputError) {
        guard isStandardOutput else { return try write(bytes) }
        let output = FileDescriptor.standardOutput.rawValue
        var rest = bytes[...]
        while !rest.isEmpty {
            let isLastChance = signals.receivedCount() >= 2
            let isReady = Readiness.waitToWrite(
                output, orReadable: signals.rawDescriptor, milliseconds: isLastChance ? 1000 : -1)
            guard isReady else {
                if isLastChance { throw .abandoned }
                continue
            }
            // As much as a pipe that is ready takes at once (`pipe(7)`, PIPE_BUF).
            let chunk = rest.prefix(4096)
            try write(Array(chunk))
            rest = rest.dropFirst(chunk.count)
        }
    }

    /// Writes `bytes` after what was written before.
    ///
    /// - Throws: ``OutputError``.
    func write(_ bytes: [UInt8]) throws(OutputError) {
        do {
            switch file {
            case .some(let file): try file.write(bytes)
            case .none: try FileDescriptor.standardOutput.writeAll(bytes)
            }
        } catch Errno.brokenPipe where isStandardOutput {
            throw .readerLeft
        } catch {
            throw .failed(path, error as? Errno ?? .ioError)
        }
    }

    /// Writes `text` after what was written before.
    func write(_ text: String) throws(OutputError) { try write(Array(text.utf8)) }

    /// Writes `bytes`, or nothing more once the reader of standard output has left.
    ///
    /// For results that are worth finishing for their exit status alone.
    mutating func writeUnlessLeft(
        _ bytes: [UInt8], until signals: borrowing SignalDescriptor
    ) throws(OutputError) {
        guard !hasReaderLeft else { return }
        do throws(OutputError) {
            try write(bytes, until: signals)
        } catch .readerLeft {
            hasReaderLeft = true
        }
    }

    /// Puts a file under its name before it is whole (``OutputFile/place()``).
    mutating func place() throws(OutputError) {
        do throws(Errno) {
            try file?.place()
        } catch {
            throw .failed(path, error)
        }
    }

    /// Puts a file under its name.
    consuming func finish() throws(OutputError) {
        let path = path
        do throws(Errno) {
            try file.take()?.commit()
        } catch {
            throw .failed(path, error)
        }
    }

    private var isStandardOutput: Bool { file == nil }
}

/// Why a result could not be written.
enum OutputError: Error {
    /// The other end of the pipe has seen enough: a normal end.
    case readerLeft
    /// A second signal came while the reader took nothing.
    case abandoned
    /// The file or standard output at this path cannot be written to.
    case failed(String, Errno)
}
