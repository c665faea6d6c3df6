import BasicContainers
import CLinux
import Glibc
import SystemPackage

/// A set of sockets that wait for something (`epoll(7)`).
///
/// Owned by one worker thread.
///
/// Safe to use: of the event's union only the 64-bit word is ever written or read.
@safe struct Epoll: ~Copyable {
    private let descriptor: OwnedDescriptor
    private var events: RigidArray<epoll_event>

    /// What happened to one socket.
    ///
    /// `tag` is the word the socket was added with.
    struct Event {
        var tag: UInt64
        var isWritable: Bool
        var hasError: Bool
    }

    /// An empty set that reports at most `capacity` events at a time.
    init(capacity: Int) throws(SystemCallFailure) {
        descriptor = OwnedDescriptor(
            taking: try valueOrErrno(.epollCreate) { epoll_create1(CInt(EPOLL_CLOEXEC)) })
        unsafe events = RigidArray(repeating: epoll_event(), count: capacity)
    }

    /// How many events one wait can give.
    var capacity: Int { unsafe events.count }

    /// Watches `socket` for a finished connect or an error, until the socket is closed.
    func add(_ socket: borrowing ProbeSocket, tag: UInt64) throws(SystemCallFailure) {
        var event = unsafe epoll_event()
        unsafe event.events = EPOLLOUT.rawValue
        unsafe event.data.u64 = tag
        let target = socket.rawDescriptor
        _ = try valueOrErrno(.epollControl) {
            unsafe epoll_ctl(descriptor.rawValue, EPOLL_CTL_ADD, target, &event)
        }
    }

    /// Watches the socket of `descriptor`, which is in the set, for bytes and its end from now on.
    ///
    /// False when the kernel refuses.
    func watchForBytes(_ target: CInt, tag: UInt64) -> Bool {
        var event = unsafe epoll_event()
        unsafe event.events = EPOLLIN.rawValue | EPOLLRDHUP.rawValue
        unsafe event.data.u64 = tag
        return unsafe epoll_ctl(descriptor.rawValue, EPOLL_CTL_MOD, target, &event) == 0
    }

    /// Waits at most `milliseconds`, and gives the number of events that came.
    ///
    /// A signal ends the wait early, with none.
    mutating func wait(milliseconds: CInt) -> Int {
        let target = descriptor.rawValue
        var span = unsafe events.mutableSpan
        let count = unsafe span.withUnsafeMutableBufferPointer { room in
            guard let base = room.baseAddress else { return CInt(0) }
            return unsafe epoll_wait(target, base, CInt(room.count), milliseconds)
        }
        return Int(max(count, 0))
    }

    /// One of the events of the last wait.
    func event(at index: Int) -> Event {
        let event = unsafe events[index]
        let failed = EPOLLERR.rawValue | EPOLLHUP.rawValue
        return unsafe Event(
            tag: event.data.u64, isWritable: event.events & EPOLLOUT.rawValue != 0,
            hasError: event.events & failed != 0)
    }
}
