import Prober

/// A number of a host that rises when packets come to a certain end.
enum ReceiptGauge: Hashable, Sendable {
    /// A counter of the kernel.
    case counter(KernelCounter)
    /// Packets that arrived and reached no protocol: stopped by a rule, or by routing.
    ///
    /// What comes and goes through protocols, such as the reading over ssh itself, does not move it.
    case undelivered(IPAddress.Family)
    /// The counter of a rule.
    case rule(HostReading.RuleKey)
    /// What was dropped at sockets, of one port, for whatever reason.
    case drops([HostReading.SocketKey])
    /// The bytes that wait at them.
    case bytes([HostReading.SocketKey])
    /// What any socket had no room for, over both families: a socket may be of both.
    case noRoom(Transport)

    /// How much it rose between two readings; nil where one of them does not have it.
    func rise(from before: HostReading, to after: HostReading) -> Int64? {
        switch self {
        case .counter(let counter):
            return Self.difference(after.counters[counter], before.counters[counter])
        case .undelivered(let family):
            let counters = family.packetCounters
            guard
                let arrived = Self.difference(
                    after.counters[counters.received], before.counters[counters.received]),
                let delivered = Self.difference(
                    after.counters[counters.delivered], before.counters[counters.delivered])
            else { return nil }
            return arrived.subtractingChecked(delivered)
        case .rule(let key): return Self.difference(after.rules[key], before.rules[key])
        case .drops(let keys): return Self.sum(keys, before, after, \.drops)
        case .bytes(let keys): return Self.sum(keys, before, after, \.bytes)
        case .noRoom(.udp):
            return Self.sum(
                of: [.udpBufferFull, .udp6BufferFull], and: [.udpMemoryFull, .udp6MemoryFull],
                before, after)
        case .noRoom(.tcp):
            return Self.sum(of: [.listenOverflows], and: [.handshakesFull], before, after)
        }
    }

    private static func sum(
        _ keys: [HostReading.SocketKey], _ before: HostReading, _ after: HostReading,
        _ part: KeyPath<HostReading.SocketLoad, UInt64?>
    ) -> Int64? {
        guard !keys.isEmpty else { return nil }
        var sum: Int64 = 0
        for key in keys {
            guard let new = after.sockets[key], let old = before.sockets[key],
                let difference = difference(new[keyPath: part], old[keyPath: part])
            else { return nil }
            let (next, overflow) = sum.addingReportingOverflow(difference)
            guard !overflow else { return nil }
            sum = next
        }
        return sum
    }

    /// The sum of the rises of `counters`, and of those of `others` that this kernel has.
    private static func sum(
        of counters: [KernelCounter], and others: [KernelCounter], _ before: HostReading,
        _ after: HostReading
    ) -> Int64? {
        var sum: Int64 = 0
        for counter in counters + others {
            guard let rise = difference(after.counters[counter], before.counters[counter]) else {
                guard others.contains(counter), before.counters[counter] == nil else { return nil }
                continue
            }
            let (next, overflow) = sum.addingReportingOverflow(rise)
            guard !overflow else { return nil }
            sum = next
        }
        return sum
    }

    private static func difference(_ new: UInt64?, _ old: UInt64?) -> Int64? {
        guard let new, let old, let after = Int64(exactly: new), let before = Int64(exactly: old)
        else { return nil }
        return after.subtractingChecked(before)
    }
}

extension Int64 {
    fileprivate func subtractingChecked(_ other: Int64) -> Int64? {
        let (difference, overflow) = subtractingReportingOverflow(other)
        return overflow ? nil : difference
    }
}

extension IPAddress.Family {
    /// The counters of packets that arrived, and of those that reached their protocol.
    var packetCounters: (received: KernelCounter, delivered: KernelCounter) {
        switch self {
        case .ipv4: (.ipReceived, .ipDelivered)
        case .ipv6: (.ip6Received, .ip6Delivered)
        }
    }

    /// The counters of datagrams: at no listener, read by a program, not kept.
    var datagramCounters: (noPort: KernelCounter, read: KernelCounter, errors: KernelCounter) {
        switch self {
        case .ipv4: (.udpNoPort, .udpRead, .udpErrors)
        case .ipv6: (.udp6NoPort, .udp6Read, .udp6Errors)
        }
    }
}
