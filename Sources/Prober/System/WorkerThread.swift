import CLinux
import Glibc
import SystemPackage

/// A thread of this process that runs one closure to its end (`pthread_create(3)`).
///
/// Its owner waits for that end when it lets go.
struct WorkerThread: ~Copyable {
    private let thread: pthread_t

    /// Carries the closure into the new thread.
    private final class Start {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    /// Starts a thread that calls `body` once.
    init(_ body: @escaping @Sendable () -> Void) throws(SystemCallFailure) {
        let start = unsafe Unmanaged.passRetained(Start(body))
        var thread = pthread_t()
        let error = unsafe pthread_create(
            &thread, nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                unsafe Unmanaged<Start>.fromOpaque(argument).takeRetainedValue().body()
                return nil
            }, start.toOpaque())
        guard error == 0 else {
            unsafe start.release()
            throw SystemCallFailure(.threadCreate, Errno(rawValue: error))
        }
        self.thread = thread
    }

    /// Waits until the closure has returned.
    deinit { pthread_join(thread, nil) }
}
