import Prober
import Reconcile

/// The addresses of a target, resolved and judged before the first probe.
struct CheckAddresses {
    /// This machine's addresses, loopback included, before anything was set up.
    let own: TargetSet
    /// What the target names, names resolved, before exclusions.
    let named: TargetSet
    /// Whether the target has the word for this machine as the vantage sees it.
    let hasThisHost: Bool
    private let excluded: TargetSet
    private let location: InputLocation

    /// The addresses of `target`.
    ///
    /// - Throws: ``InputError`` at the entry that must not or cannot be probed.
    init(
        of target: Target, excluding excluded: TargetSet, allowsSpecial: Bool
    ) throws(InputError) {
        own = LiveHost.ownAddresses()
        self.excluded = excluded
        location = target.location
        hasThisHost = target.addresses.contains { $0.kind == .thisHost }
        var named = TargetSet()
        for entry in target.addresses {
            guard case .word(let word) = entry.kind else { continue }
            let list = TargetList([TargetList.Entry(word, at: entry.location)])
            let addresses = try TargetSelection.resolved(list)
            if !allowsSpecial {
                try TargetSelection.refuseSpecial(
                    addresses.subtracting(excluded), own: own, at: entry.location)
            }
            try Self.check(addresses, against: own, for: target, at: entry.location)
            named = named.union(addresses)
        }
        self.named = named
    }

    /// Refuses what the target's vantage cannot see, and what its host report cannot speak of.
    private static func check(
        _ addresses: TargetSet, against own: TargetSet, for target: Target,
        at location: InputLocation
    ) throws(InputError) {
        if target.settings.vantage == .namespace {
            let outside = Self.outside(of: own)
            if let hidden = addresses.subtracting(outside).ranges.first {
                throw location.error(
                    hidden.first.isLoopback
                        ? "\(hidden) cannot be reached from a namespace"
                        : "\(hidden) is no address of this host, and a namespace reaches no other",
                    "Write this-host or one of this host's addresses, or vantage: direct.")
            }
        }
        if target.host == .live, let foreign = addresses.subtracting(own).ranges.first {
            throw location.error(
                "\(foreign) is no address of this machine, and host: live asks this machine",
                "Run the check on that host, or give its report as host: { files: [...] }.")
        }
    }

    /// What the target means from a vantage at the other side of `hostEnd`, or from here for nil.
    func declared(hostEnd: [IPAddress]?) -> TargetSet {
        guard hasThisHost else { return named }
        if let hostEnd { return named.union(TargetSet(hostEnd.map { AddressRange($0) })) }
        let loopback: [IPAddress] = [.v4(0x7f00_0001), .v6(high: 0, low: 1)]
        return named.union(TargetSet(loopback.map { AddressRange($0) }).intersection(own))
    }

    /// What the target names and what is probed of it.
    var namedToProbe: TargetSet { named.subtracting(excluded) }

    /// The same without what is never to be probed.
    ///
    /// - Throws: ``InputError`` when nothing is left.
    func wanted(hostEnd: [IPAddress]?) throws(InputError) -> TargetSet {
        let declared = declared(hostEnd: hostEnd)
        let wanted = declared.subtracting(excluded)
        guard !wanted.isEmpty else {
            throw location.error(
                declared.isEmpty
                    ? "this machine has no address to probe" : "all of \(declared) is excluded",
                "Name an address that may be probed, or exclude less.")
        }
        return wanted
    }

    /// Which of the target's addresses are never probed, in a line when there are any.
    func exclusionNote(hostEnd: [IPAddress]?) -> [String] {
        let left = declared(hostEnd: hostEnd).intersection(excluded)
        return left.isEmpty ? [] : ["excluded, never probed: \(left.abbreviated(to: 70))"]
    }

    /// This machine's addresses at which others can see it.
    var seenFromOutside: TargetSet { Self.outside(of: own) }

    /// Those of `own` that are neither loopback nor bound to one link.
    private static func outside(of own: TargetSet) -> TargetSet {
        let here: [(IPAddress, Int)] = [
            (.v4(0x7f00_0000), 8), (.v4(0xa9fe_0000), 16), (.v6(high: 0, low: 1), 128),
            (.v6(high: 0xfe80 << 48, low: 0), 10),
        ]
        let ranges = here.compactMap { AddressRange(block: $0.0, prefixLength: $0.1) }
        return own.subtracting(TargetSet(ranges))
    }
}
