import CLinux
import Glibc
package import SystemPackage

/// A program of the system that was run to its end.
package struct ProgramRun: Hashable {
    /// Its exit status; 128 and the signal's number when a signal ended it.
    package var status: CInt
    /// What it wrote to standard output.
    package var output: [UInt8]
    /// What it wrote to standard error.
    package var errors: [UInt8]

    /// Where programs of an administrator are; what PATH says may be anybody's.
    private static let folders = ["/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/local/sbin"]

    /// The path of the program called `name`, or nil when the system has none.
    package static func path(of name: String) -> String? {
        folders.map { "\($0)/\(name)" }.first { path in unsafe access(path, X_OK) == 0 }
    }

    /// Runs the program at `path`, in the network namespace of the calling thread, with nothing on
    /// standard input; ends it when it takes longer than `milliseconds` or writes more than `limit`
    /// bytes.
    package static func of(
        _ path: String, _ arguments: [String], milliseconds: Int = 20_000,
        limit: Int = 1 << 28
    ) throws(Errno) -> ProgramRun {
        let output = try Pipe()
        let errors = try Pipe()
        let pid = try spawn(path, arguments, output.writer, errors.writer)
        output.closeWriter()
        errors.closeWriter()
        var run = ProgramRun(status: 0, output: [], errors: [])
        let isWhole = run.read(output.reader, errors.reader, milliseconds, limit)
        if !isWhole { kill(pid, SIGKILL) }
        var status: CInt = 0
        while unsafe waitpid(pid, &status, 0) < 0 {
            guard Errno.current == .interrupted else { throw Errno.current }
        }
        if !isWhole { throw .timedOut }
        let signal = status & 0x7f
        run.status = signal == 0 ? status >> 8 & 0xff : 128 + signal
        return run
    }

    /// Reads both pipes until their ends; false when that takes too long or is too much.
    private mutating func read(
        _ output: CInt, _ errors: CInt, _ milliseconds: Int, _ limit: Int
    ) -> Bool {
        let start = MonotonicTime.now()
        var open = [(output, \ProgramRun.output), (errors, \ProgramRun.errors)]
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while !open.isEmpty {
            let passed = MonotonicTime.now().duration(since: start).components
            let left =
                milliseconds - Int(passed.seconds) * 1000
                - Int(passed.attoseconds / 1_000_000_000_000_000)
            guard left > 0 else { return false }
            var waiting = open.map { pollfd(fd: $0.0, events: Int16(POLLIN), revents: 0) }
            let ready = unsafe poll(&waiting, nfds_t(waiting.count), CInt(clamping: left))
            guard ready > 0 else { continue }
            for (index, entry) in waiting.enumerated().reversed() where entry.revents != 0 {
                let count = unsafe buffer.withUnsafeMutableBytes {
                    unsafe Glibc.read(entry.fd, $0.baseAddress, $0.count)
                }
                if count > 0 {
                    self[keyPath: open[index].1] += buffer[..<count]
                } else if count == 0 || Errno.current != .interrupted {
                    open.remove(at: index)
                }
            }
            guard self.output.count + self.errors.count <= limit else { return false }
        }
        return true
    }

    private static func spawn(
        _ path: String, _ arguments: [String], _ output: CInt, _ errors: CInt
    ) throws(Errno) -> pid_t {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, output, 1)
        unsafe posix_spawn_file_actions_adddup2(&actions, errors, 2)
        // Signals that are blocked here must reach the program, and its words be English.
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        unsafe sigemptyset(&none)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var words = unsafe copies([path] + arguments)
        var environment = unsafe copies(["LC_ALL=C", "PATH=\(folders.joined(separator: ":"))"])
        defer { unsafe (words + environment).forEach { unsafe free($0) } }
        var pid: pid_t = 0
        let result = unsafe posix_spawn(&pid, path, &actions, &attributes, &words, &environment)
        guard result == 0 else { throw Errno(rawValue: result) }
        return pid
    }

    /// Copies of `texts` for C, with the null that ends the list; whoever asks frees them.
    private static func copies(_ texts: [String]) -> [UnsafeMutablePointer<CChar>?] {
        unsafe texts.map { unsafe strdup($0) } + [nil]
    }
}

/// A pipe of which the program has the other end.
private final class Pipe {
    let reader: CInt
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

    deinit {
        closeWriter()
        close(reader)
    }
}
