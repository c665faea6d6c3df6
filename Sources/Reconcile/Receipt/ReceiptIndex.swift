import Prober

/// Receipts by address, transport and port.
struct ReceiptIndex {
    private struct Key: Hashable {
        var address: IPAddress
        var transport: Transport
    }

    /// Ports of which the same receipts tell.
    private struct Stretch {
        var ports: ClosedRange<UInt16>
        /// The place of those receipts in `groups`.
        var group: Int
    }

    /// What receipts tell together, once for all stretches.
    private var groups: [[Receipt.Account]] = []
    /// In the order of their ports; no port is in two.
    private var stretches: [Key: [Stretch]] = [:]

    /// The index of `receipts`.
    ///
    /// A receipt that no probe came to an address that `isForeign` is left out: something translates
    /// the address on the way, so that they may have come under another.
    init(_ receipts: [Receipt], isForeign: (IPAddress) -> Bool = { _ in false }) {
        var accounts: [Receipt.Account] = []
        var numbers: [Receipt.Account: Int] = [:]
        var ranges: [Key: [Int: [ClosedRange<UInt16>]]] = [:]
        for receipt in receipts {
            if receipt.fate == .neverArrived, isForeign(receipt.address) { continue }
            let account = receipt.account
            let number = numbers[account] ?? accounts.count
            if number == accounts.count {
                numbers[account] = number
                accounts.append(account)
            }
            let key = Key(address: receipt.address.destination, transport: receipt.transport)
            ranges[key, default: [:]][number, default: []] += receipt.ports.ranges
        }
        var places: [[Int]: Int] = [:]
        for (key, ranges) in ranges {
            stretches[key] = Self.parts(of: ranges).map { ports, numbers in
                let place = places[numbers] ?? groups.count
                if place == groups.count {
                    places[numbers] = place
                    groups.append(numbers.map { accounts[$0] })
                }
                return Stretch(ports: ports, group: place)
            }
        }
    }

    /// Whether there is no receipt at all.
    var isEmpty: Bool { stretches.isEmpty }

    /// `ports` by what receipts tell of them, those without any last.
    func parts(
        of ports: PortSet, over transport: Transport, at address: IPAddress
    ) -> [([Receipt.Account], PortSet)] {
        let key = Key(address: address.destination, transport: transport)
        guard let stretches = stretches[key] else { return [([], ports)] }
        var found: [Int: [ClosedRange<UInt16>]] = [:]
        for range in ports.ranges {
            let first = stretches.partitioningIndex { $0.ports.upperBound >= range.lowerBound }
            for stretch in stretches[first...] {
                guard stretch.ports.lowerBound <= range.upperBound else { break }
                found[stretch.group, default: []].append(stretch.ports.clamped(to: range))
            }
        }
        var parts = found.map { (groups[$0.key], PortSet($0.value)) }
            .sorted { $0.1.ranges[0].lowerBound < $1.1.ranges[0].lowerBound }
        let rest = ports.subtracting(PortSet(found.values.joined()))
        if !rest.isEmpty { parts.append(([], rest)) }
        return parts
    }

    /// The ports of `ranges` in order, each stretch with the numbers of all that have it.
    private static func parts(
        of ranges: [Int: [ClosedRange<UInt16>]]
    ) -> [(ClosedRange<UInt16>, [Int])] {
        var changes: [(port: Int, number: Int, isStart: Bool)] = []
        for (number, ranges) in ranges {
            for range in PortSet(ranges).ranges {
                changes.append((Int(range.lowerBound), number, true))
                changes.append((Int(range.upperBound) + 1, number, false))
            }
        }
        changes.sort { $0.port < $1.port }
        var parts: [(ClosedRange<UInt16>, [Int])] = []
        var open: Set<Int> = []
        var start = 0
        for change in changes {
            if change.port > start, !open.isEmpty {
                parts.append((UInt16(start)...UInt16(change.port - 1), open.sorted()))
            }
            start = change.port
            if change.isStart { open.insert(change.number) } else { open.remove(change.number) }
        }
        return parts
    }
}
