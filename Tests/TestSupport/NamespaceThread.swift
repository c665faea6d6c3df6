import CLinux
import Glibc
import Synchronization

/// Runs code on a thread of its own inside a network namespace, so that no other thread moves.
enum NamespaceThread {
    /// Calls `body` in the namespace at `path`, or right here for nil.
    static func run(in path: String?, _ body: () throws -> Void) throws {
        guard let path else { return try body() }
        try withoutActuallyEscaping(body) { body in
            let call = Call(path: path, body: body)
            var thread = pthread_t()
            let started = unsafe pthread_create(
                &thread, nil,
                { argument in
                    guard let argument = unsafe argument else { return nil }
                    unsafe Unmanaged<Call>.fromOpaque(argument).takeUnretainedValue().run()
                    return nil
                }, Unmanaged.passUnretained(call).toOpaque())
            guard started == 0 else { throw SocketProblem(call: "pthread_create", number: started) }
            pthread_join(thread, nil)
            if let problem = call.problem { throw problem }
        }
    }

    /// Carries the code over; the calling thread waits, so nothing is shared at one time.
    private final class Call {
        let path: String
        let body: () throws -> Void
        var problem: (any Error)?

        init(path: String, body: @escaping () throws -> Void) {
            self.path = path
            self.body = body
        }

        func run() {
            let descriptor = unsafe open_read_only(path)
            defer { close(descriptor) }
            guard descriptor >= 0, setns(descriptor, CLONE_NEWNET) == 0 else {
                problem = SocketProblem(call: "setns", number: errno)
                return
            }
            do { try body() } catch { problem = error }
        }
    }
}
