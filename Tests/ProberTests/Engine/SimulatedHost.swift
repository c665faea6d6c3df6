@testable import Prober

/// A host that says of some ports that they are closed, as often as its limit allows.
///
/// The rest is silent. Pure: times are arguments.
struct SimulatedHost {
    /// How a host limits its ICMP errors.
    enum Limit: Sendable {
        /// Every error is sent.
        case none
        /// One error in each `interval` nanoseconds after `burst` at once, as Linux limits those to
        /// one peer (`net/ipv4/inetpeer.c`, inet_peer_xrlim_allow).
        case bucket(interval: UInt64, burst: UInt64)
        /// So many errors in each second of the host's clock, as FreeBSD limits them all
        /// (`icmp(4)`, net.inet.icmp.icmplim).
        case window(UInt64)
        /// Every error is dropped, by the host or on the way.
        case mute
    }

    let limit: Limit
    private(set) var errorCount = 0
    /// What the bucket holds, in nanoseconds, or what the window has used.
    private var tokens: UInt64 = 0
    private var last = MonotonicTime(nanoseconds: 0)

    /// A host that has just spent all its errors, at `now`.
    init(_ limit: Limit, spentAt now: MonotonicTime) {
        self.limit = limit
        last = now
        if case .window(let count) = limit { tokens = count }
    }

    /// Whether the host sends an error that is due at `now`.
    mutating func says(at now: MonotonicTime) -> Bool {
        let isSaid: Bool
        switch limit {
        case .none: isSaid = true
        case .mute: isSaid = false
        case .bucket(let interval, let burst):
            tokens = min(tokens + now.nanoseconds(since: last), burst * interval)
            last = now
            isSaid = tokens >= interval
            if isSaid { tokens -= interval }
        case .window(let count):
            if now.nanoseconds / 1_000_000_000 != last.nanoseconds / 1_000_000_000 { tokens = 0 }
            last = now
            isSaid = tokens < count
            if isSaid { tokens += 1 }
        }
        if isSaid { errorCount += 1 }
        return isSaid
    }
}
