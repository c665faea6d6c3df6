import CLinux
import Glibc
import Synchronization

/// SIGINT, SIGTERM and SIGHUP, read from a descriptor instead of interrupting (`signalfd(2)`).
///
/// Make it before any thread starts: threads inherit the mask that keeps the signals for it.
/// Owned by the main thread.
public struct SignalDescriptor: ~Copyable {
    private let descriptor: OwnedDescriptor
    private let previousMask: sigset_t
    private let count = Atomic<Int>(0)

    /// Blocks the signals for this thread and those it starts, and collects them here.
    ///
    /// - Throws: ``ScanError`` when the kernel gives no descriptor.
    public init() throws(ScanError) {
        var mask = sigset_t()
        var previous = sigset_t()
        unsafe sigemptyset(&mask)
        for signal in [SIGINT, SIGTERM, SIGHUP] where !Self.isIgnored(signal) {
            unsafe sigaddset(&mask, signal)
        }
        unsafe pthread_sigmask(CInt(SIG_BLOCK), &mask, &previous)
        do {
            descriptor = OwnedDescriptor(
                taking: try valueOrErrno(.signalDescriptor) {
                    unsafe signalfd(-1, &mask, CInt(SFD_CLOEXEC | SFD_NONBLOCK))
                })
        } catch {
            throw ScanError(error)
        }
        previousMask = previous
    }

    /// Whether whoever started this process wants the signal ignored, as `nohup` does.
    private static func isIgnored(_ signal: CInt) -> Bool {
        var action = sigaction()
        guard unsafe sigaction(signal, nil, &action) == 0 else { return false }
        return unsafe unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
            == unsafeBitCast(SIG_IGN, to: Int.self)
    }

    /// What came and was not asked for is dropped: it was meant for the work that is over.
    deinit {
        _ = receivedCount()
        var mask = previousMask
        unsafe pthread_sigmask(CInt(SIG_SETMASK), &mask, nil)
    }

    /// The descriptor, readable while a signal waits.
    package var rawDescriptor: CInt { descriptor.rawValue }

    /// How many signals have come since the beginning, those that wait included.
    package func receivedCount() -> Int {
        var info = signalfd_siginfo()
        let size = MemoryLayout<signalfd_siginfo>.size
        while unsafe read(descriptor.rawValue, &info, size) == size {
            count.add(1, ordering: .relaxed)
        }
        return count.load(ordering: .relaxed)
    }
}
