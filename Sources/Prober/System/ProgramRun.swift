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

    /// The environment that a program runs in; its words are English in each.
    package enum Environment {
        /// Nothing but where programs of an administrator are.
        case bare
        /// That of this process, with these variables added.
        case own(adding: [String])
    }

    /// Runs the program at `path`, in the network namespace of the calling thread, with `input` on
    /// standard input.
    ///
    /// It has a session of its own: it can ask nothing at a terminal, and what it starts ends with
    /// it.
    ///
    /// - Throws: `timedOut` when it takes longer than `milliseconds`, `fileTooLarge` when it writes
    ///   more than `limit` bytes, `interrupted` when the descriptor `stop` becomes readable; it has
    ///   been ended then.
    package static func of(
        _ path: String, _ arguments: [String], input: [UInt8] = [],
        environment: Environment = .bare, milliseconds: Int = 20_000, limit: Int = 1 << 28,
        until stop: CInt? = nil
    ) throws(Errno) -> ProgramRun {
        let output = try Pipe()
        let errors = try Pipe()
        defer { withExtendedLifetime((output, errors)) {} }
        let source = try memoryFile(input)
        let start = MonotonicTime.now()
        let pid = try spawn(
            path, arguments, environment, source.rawValue, output.writer, errors.writer)
        output.closeWriter()
        errors.closeWriter()
        var run = ProgramRun(status: 0, output: [], errors: [])
        var failure = run.read(
            output.reader, errors.reader, start, milliseconds, limit, stop)
        var status: CInt = 0
        // A program may close what it writes to long before it ends.
        while failure == nil {
            let ended = unsafe waitpid(pid, &status, WNOHANG)
            if ended == pid { break }
            if ended < 0, Errno.current != .interrupted { throw Errno.current }
            if Self.left(of: milliseconds, since: start) <= 0 { failure = .timedOut }
            _ = poll(nil, 0, 1)
        }
        if let failure {
            kill(-pid, SIGKILL)
            while unsafe waitpid(pid, &status, 0) < 0, Errno.current == .interrupted {}
            throw failure
        }
        let signal = status & 0x7f
        run.status = signal == 0 ? status >> 8 & 0xff : 128 + signal
        return run
    }

    /// How much of `milliseconds` is left.
    private static func left(of milliseconds: Int, since start: MonotonicTime) -> Int {
        let passed = MonotonicTime.now().duration(since: start).components
        return milliseconds - Int(passed.seconds) * 1000
            - Int(passed.attoseconds / 1_000_000_000_000_000)
    }

    /// Reads both pipes until their ends; what went wrong when that takes too long or is too much.
    private mutating func read(
        _ output: CInt, _ errors: CInt, _ start: MonotonicTime, _ milliseconds: Int, _ limit: Int,
        _ stop: CInt?
    ) -> Errno? {
        var open = [(output, \ProgramRun.output), (errors, \ProgramRun.errors)]
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while !open.isEmpty {
            let left = Self.left(of: milliseconds, since: start)
            guard left > 0 else { return .timedOut }
            var waiting = open.map { pollfd(fd: $0.0, events: Int16(POLLIN), revents: 0) }
            // The last one; the kernel passes over a negative descriptor.
            waiting.append(pollfd(fd: stop ?? -1, events: Int16(POLLIN), revents: 0))
            let ready = unsafe poll(&waiting, nfds_t(waiting.count), CInt(clamping: left))
            guard ready > 0 else { continue }
            if waiting.removeLast().revents != 0 { return .interrupted }
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
            guard self.output.count + self.errors.count <= limit else { return .fileTooLarge }
        }
        return nil
    }

    static func spawn(
        _ path: String, _ arguments: [String], _ environment: Environment, _ input: CInt,
        _ output: CInt, _ errors: CInt
    ) throws(Errno) -> pid_t {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_adddup2(&actions, input, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, output, 1)
        unsafe posix_spawn_file_actions_adddup2(&actions, errors, 2)
        // Signals that are blocked or ignored here must reach the program.
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        unsafe sigemptyset(&none)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        var pipes = sigset_t()
        unsafe sigemptyset(&pipes)
        unsafe sigaddset(&pipes, SIGPIPE)
        unsafe posix_spawnattr_setsigdefault(&attributes, &pipes)
        unsafe posix_spawnattr_setflags(
            &attributes,
            Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF) | prober_spawn_setsid)
        var words = unsafe copies([path] + arguments)
        var variables = unsafe copies(Self.variables(environment))
        defer { unsafe (words + variables).forEach { unsafe free($0) } }
        var pid: pid_t = 0
        let result = unsafe posix_spawn(&pid, path, &actions, &attributes, &words, &variables)
        guard result == 0 else { throw Errno(rawValue: result) }
        return pid
    }

    private static func variables(_ environment: Environment) -> [String] {
        switch environment {
        case .bare: return ["LC_ALL=C", "PATH=\(folders.joined(separator: ":"))"]
        case .own(let added):
            let names = Set((added + ["LC_ALL="]).map { $0.prefix { $0 != "=" } })
            var variables = ["LC_ALL=C"] + added
            var next: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = unsafe environ
            while let entry = unsafe next?.pointee {
                let variable = unsafe String(cString: entry)
                if !names.contains(variable.prefix { $0 != "=" }) { variables.append(variable) }
                unsafe next = unsafe next?.successor()
            }
            return variables
        }
    }

    /// A file without a name that holds `bytes`, to be read from its beginning.
    ///
    /// Unlike a pipe it takes all of them at once, so nobody has to wait for the reader.
    private static func memoryFile(_ bytes: [UInt8]) throws(Errno) -> OwnedDescriptor {
        let descriptor = unsafe memfd_create("input", prober_memory_file_closes)
        guard descriptor >= 0 else { throw Errno.current }
        let file = OwnedDescriptor(taking: descriptor)
        let count = unsafe bytes.withUnsafeBytes {
            unsafe pwrite(descriptor, $0.baseAddress, $0.count, 0)
        }
        guard count == bytes.count else { throw count < 0 ? Errno.current : .noSpace }
        return file
    }

    /// Copies of `texts` for C, with the null that ends the list; whoever asks frees them.
    private static func copies(_ texts: [String]) -> [UnsafeMutablePointer<CChar>?] {
        unsafe texts.map { unsafe strdup($0) } + [nil]
    }
}
