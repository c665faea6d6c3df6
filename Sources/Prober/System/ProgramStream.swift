import CLinux
import Glibc
import Synchronization
package import SystemPackage

/// A program of the system whose output is read while it runs, and that is ended in time.
///
/// It has a session of its own, as with ``ProgramRun``. Its standard input stays open after what it is
/// given, until it shall come to its end.
package struct ProgramStream: ~Copyable {
    private let pid: pid_t
    private let watch: Watch
    private let watcher: WorkerThread
    private var output: OwnedDescriptor?

    /// Starts the program at `path` with `input`, which must be short.
    ///
    /// Its input ends when the descriptor `stop` is readable or after `milliseconds`; what still runs
    /// `grace` milliseconds later is killed.
    package init(
        _ path: String, _ arguments: [String], input: [UInt8],
        environment: ProgramRun.Environment, until stop: CInt, milliseconds: Int, grace: Int
    ) throws(Errno) {
        let ends = (input: try Pipe(), output: try Pipe(), errors: try Pipe())
        let pid = try ProgramRun.spawn(
            path, arguments, environment, ends.input.reader, ends.output.writer,
            ends.errors.writer)
        ends.output.closeWriter()
        ends.errors.closeWriter()
        let watch = Watch(
            pid: pid, input: ends.input.takeWriter(), errors: ends.errors.takeReader(), stop: stop,
            milliseconds: milliseconds, grace: grace)
        // Less than a pipe takes at once (pipe(7)).
        precondition(input.count <= 16_384, "the input is too long")
        watch.write(input)
        do throws(SystemCallFailure) {
            watcher = try WorkerThread { watch.run() }
        } catch {
            kill(-pid, SIGKILL)
            var status: CInt = 0
            while unsafe waitpid(pid, &status, 0) < 0, Errno.current == .interrupted {}
            throw error.errno
        }
        output = OwnedDescriptor(taking: ends.output.takeReader())
        self.pid = pid
        self.watch = watch
    }

    /// What the program writes to standard output; nil when it was taken before.
    package mutating func takeOutput() -> OwnedDescriptor? { output.take() }

    /// What it has written to standard error so far.
    package var errors: [UInt8] { watch.state.withLock { $0.errors } }

    /// Ends its input, waits for its end, and gives its exit status and what it wrote to standard error.
    package consuming func finish() -> (status: CInt, errors: [UInt8]) {
        let (pid, watch) = (pid, watch)
        output = nil
        watch.state.withLock { $0.isOver = true }
        // Waits for the thread, which ends with the program or kills it.
        discardWatcher()
        var status: CInt = 0
        while unsafe waitpid(pid, &status, 0) < 0, Errno.current == .interrupted {}
        let signal = status & 0x7f
        return (
            signal == 0 ? status >> 8 & 0xff : 128 + signal, watch.state.withLock { $0.errors }
        )
    }

    private consuming func discardWatcher() {}

    /// The thread that ends the program in time, and gathers its errors.
    private final class Watch: Sendable {
        struct State {
            var errors: [UInt8] = []
            /// Whether nobody waits for more of its output.
            var isOver = false
        }

        let state = Mutex(State())
        private let pid: pid_t
        private let input: CInt
        private let errors: CInt
        private let stop: CInt
        private let deadline: UInt64
        private let grace: UInt64

        /// More of what is written to standard error is not kept.
        private static let limit = 1 << 20

        init(
            pid: pid_t, input: CInt, errors: CInt, stop: CInt, milliseconds: Int, grace: Int
        ) {
            self.pid = pid
            self.input = input
            self.errors = errors
            self.stop = stop
            deadline =
                MonotonicTime.now().nanoseconds &+ UInt64(clamping: milliseconds) &* 1_000_000
            self.grace = UInt64(clamping: grace) &* 1_000_000
        }

        func write(_ bytes: [UInt8]) {
            _ = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(input, $0.baseAddress, $0.count) }
        }

        func run() {
            var last: UInt64?
            var buffer = [UInt8](repeating: 0, count: 4096)
            while true {
                let now = MonotonicTime.now().nanoseconds
                var set = [
                    pollfd(fd: errors, events: Int16(POLLIN), revents: 0),
                    pollfd(fd: last == nil ? stop : -1, events: Int16(POLLIN), revents: 0),
                ]
                let ready = unsafe poll(&set, 2, 50)
                if ready > 0, set[0].revents != 0 {
                    let count = unsafe buffer.withUnsafeMutableBytes {
                        unsafe Glibc.read(errors, $0.baseAddress, $0.count)
                    }
                    // Nobody has its standard error any more: it is over.
                    if count == 0 { break }
                    if count > 0 {
                        state.withLock { state in
                            if state.errors.count < Self.limit { state.errors += buffer[..<count] }
                        }
                    }
                }
                let isOver = state.withLock { $0.isOver }
                if last == nil, isOver || now >= deadline || ready > 0 && set[1].revents != 0 {
                    close(input)
                    last = now &+ grace
                }
                if let last, now >= last {
                    kill(-pid, SIGKILL)
                    break
                }
            }
            if last == nil { close(input) }
            close(errors)
        }
    }
}
