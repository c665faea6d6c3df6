import Prober

/// Joins what several tables show of the sockets of one host.
struct SocketMerge {
    private(set) var sockets: [MergedSocket] = []
    private var indices: [MergedSocket.Key: [Int]] = [:]
    /// The first socket that has a place and an inode.
    private var inodeIndices: [InodeKey: Int] = [:]
    private let names: ServiceNames

    /// A place and an inode.
    private struct InodeKey: Hashable {
        let key: MergedSocket.Key
        let inode: UInt64
    }

    init(names: ServiceNames) { self.names = names }

    /// Adds the sockets of table number `table`.
    mutating func add(_ section: ReportSection, table: Int) {
        let main = Self.mainNamespace(of: section)
        var others: [MergedSocket] = []
        sockets.reserveCapacity(sockets.count + section.sockets.count)
        indices.reserveCapacity(sockets.count + section.sockets.count)
        for var socket in section.sockets {
            if socket.details.namespace == main { socket.details.namespace = nil }
            let (port, remark) = resolved(socket)
            if let remark { socket.details.remarks.append(remark) }
            var key = MergedSocket.Key(
                transport: socket.transport, address: socket.address, wildcard: nil,
                port: socket.port, device: socket.details.device, zone: socket.details.zone,
                namespace: socket.details.namespace)
            if case .number(let number) = port { key.port = .number(number) }
            if case .wildcard = socket.address {
                switch socket.family {
                case .ipv4: key.wildcard = .ipv4
                case .ipv6, .dual, .ipv6OrDual: key.wildcard = .ipv6
                case .undecided, .unknown: break
                }
            }
            let claim = MergedSocket.Claim(
                table: table, family: socket.family, owners: socket.details.owners,
                isOfSockets: section.format == .hostReport
                    ? !socket.isHearsay : section.format.listsSockets)
            let merged = MergedSocket(
                key: key, port: port, details: socket.details, claims: [claim])
            if let same = withInode(of: merged) {
                take(merged, into: same)
            } else if section.format == .hostReport {
                others.append(merged)
            } else {
                take(merged, into: indices[key]?.first)
            }
        }
        // Several may share a place. Our own reports list each of them, so that two of one report
        // are never the same; in other tables they may be one row, which is one of them.
        var next: [MergedSocket.Key: Int] = [:]
        for socket in others {
            take(
                socket, into: unclaimed(socket.key, by: table, from: &next[socket.key, default: 0]))
        }
    }

    /// The first socket at `key`, from number `next` on, that table number `table` has not claimed.
    ///
    /// What a table claims it never gives back, so `next` moves on; and the tables come one after
    /// another, so that the last claim tells.
    private func unclaimed(_ key: MergedSocket.Key, by table: Int, from next: inout Int) -> Int? {
        guard let places = indices[key] else { return nil }
        while next < places.count, sockets[places[next]].claims.last?.table == table { next += 1 }
        return next < places.count ? places[next] : nil
    }

    /// The socket that has the place and the inode of `socket`.
    private func withInode(of socket: MergedSocket) -> Int? {
        guard let inode = socket.details.inode else { return nil }
        return inodeIndices[InodeKey(key: socket.key, inode: inode)]
    }

    /// Joins `socket` with the one at `index`; nil for a new one.
    private mutating func take(_ socket: MergedSocket, into index: Int?) {
        let place = index ?? sockets.count
        if let index {
            sockets[index].details.merge(socket.details)
            sockets[index].claims += socket.claims
        } else {
            indices[socket.key, default: []].append(place)
            sockets.append(socket)
        }
        guard let inode = sockets[place].details.inode else { return }
        let key = InodeKey(key: sockets[place].key, inode: inode)
        inodeIndices[key] = min(inodeIndices[key] ?? place, place)
    }

    /// The namespace of the host itself where a table has several: that of process 1, or else the
    /// one with most sockets.
    private static func mainNamespace(of section: ReportSection) -> String? {
        // Our own reports do not name it.
        guard section.format != .hostReport else { return nil }
        var counts: [String: Int] = [:]
        for socket in section.sockets {
            guard let namespace = socket.details.namespace else { continue }
            if socket.details.owners.contains(where: { $0.pid == 1 }) { return namespace }
            counts[namespace, default: 0] += 1
        }
        return section.format == .osquery
            ? counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key : nil
    }

    private func resolved(_ socket: ReportedSocket) -> (PartialListener.Port, Remark?) {
        switch socket.port {
        case .number(let number): return (.number(number), nil)
        case .cut(let digits):
            return (.cut(digits, socket.ports ?? Self.ports(beginning: digits)), nil)
        case .name(let name):
            let ports = socket.ports ?? PortSet()
            guard let transport = socket.transport else { return (.name(name, ports), nil) }
            switch names.meaning(of: name, over: transport) {
            case .port(let port, let remark): return (.number(port), remark)
            case .ports(let ports): return (.name(name, ports), nil)
            case .unknown: return (.name(name, ports), nil)
            }
        }
    }

    /// The ports whose decimal digits begin with `digits`.
    static func ports(beginning digits: String) -> PortSet {
        guard let number = UInt16(digits), number > 0 else { return PortSet() }
        var ranges: [ClosedRange<UInt16>] = []
        var scale = 1
        while Int(number) * scale <= 65535 {
            let first = Int(number) * scale
            ranges.append(UInt16(first)...UInt16(min(first + scale - 1, 65535)))
            scale *= 10
        }
        return PortSet(ranges)
    }
}

extension SocketMerge {
    /// Puts what a tool could show only in part to the whole socket, where another tool has it.
    ///
    /// `tellsDevice` says which tables show devices and zones.
    mutating func join(tellsDevice: [Bool]) {
        let partial = sockets.filter { !$0.isWhole }
        var left = partial.isEmpty ? sockets : sockets.filter(\.isWhole)
        left = Self.joiningDevices(left, tellsDevice)
        let byPort =
            partial.isEmpty ? [:] : Dictionary(grouping: left.indices) { left[$0].key.port }
        var comparisons = 0
        for socket in partial {
            let candidates = socket.mayBeWhole ? byPort[socket.key.port] ?? [] : []
            comparisons += candidates.count
            // A hostile report has too many of both; those that are left stay what they are.
            let same =
                comparisons > Self.comparisonLimit
                ? [] : candidates.filter { Self.mayBe(socket, left[$0]) }
            if same.isEmpty {
                left.append(socket)
            } else {
                for index in same { left[index].absorb(socket) }
            }
        }
        sockets = left
    }

    private static let comparisonLimit = 2_000_000

    /// Whether the socket `partial` may be the whole one `whole`.
    private static func mayBe(_ partial: MergedSocket, _ whole: MergedSocket) -> Bool {
        guard case .number = partial.key.port else { return false }
        if partial.key.transport == nil {
            return partial.key.address == whole.key.address
                && partial.claims.first?.family.isIPv6 == whole.claims.first?.family.isIPv6
        }
        guard partial.hasPort(of: whole) else { return false }
        switch partial.key.address {
        case .wildcard: return whole.key.address == .wildcard
        case .notShown: return true
        case .cut(let text):
            if case .exact(let address) = whole.key.address {
                return address.description.hasPrefix(text)
            }
            return false
        case .exact, .name: return false
        }
    }

    /// A socket without a device, of tools that show none, is the one that another shows with it.
    private static func joiningDevices(
        _ sockets: [MergedSocket], _ tellsDevice: [Bool]
    ) -> [MergedSocket] {
        var bare: [MergedSocket.Key: [Int]] = [:]
        for index in sockets.indices
        where sockets[index].key.device != nil || sockets[index].key.zone != nil {
            bare[sockets[index].key.withoutDevice, default: []].append(index)
        }
        guard !bare.isEmpty else { return sockets }
        var sockets = sockets
        var isGone = Set<Int>()
        for index in sockets.indices
        where sockets[index].key.device == nil && sockets[index].key.zone == nil {
            guard let others = bare[sockets[index].key],
                sockets[index].claims.allSatisfy({ !tellsDevice[$0.table] })
            else { continue }
            for other in others { sockets[other].absorb(sockets[index]) }
            isGone.insert(index)
        }
        return sockets.indices.filter { !isGone.contains($0) }.map { sockets[$0] }
    }

    /// Puts what `ps` says of processes to the owners.
    mutating func describe(_ processes: [Int32: ProcessIdentity]) {
        guard !processes.isEmpty else { return }
        for index in sockets.indices {
            for owner in sockets[index].details.owners.indices {
                let known = processes[sockets[index].details.owners[owner].pid]
                guard let known else { continue }
                if sockets[index].details.owners[owner].name.isEmpty {
                    sockets[index].details.owners[owner].name = known.name
                }
                sockets[index].details.owners[owner].user =
                    sockets[index].details.owners[owner].user ?? known.user
                sockets[index].details.owners[owner].command =
                    sockets[index].details.owners[owner].command ?? known.command
            }
        }
    }

    /// Marks UDP sockets that are clients by more than one sign.
    ///
    /// An ephemeral port alone would hide real services: the process must serve another port too,
    /// or another source must not have the socket any more.
    mutating func markClients(vanished: Set<MergedSocket.Key>) {
        var servers = Set<Int32>()
        var registered = Set<ReportedPort>()
        for socket in sockets {
            guard case .number(let port) = socket.port else { continue }
            if socket.key.address == .notShown || socket.claims.contains(where: { !$0.isOfSockets })
            {
                registered.insert(.number(port))
            }
            if port < Self.ephemeral.lowerBound {
                servers.formUnion(socket.details.owners.map(\.pid))
            }
        }
        for index in sockets.indices where sockets[index].key.transport == .udp {
            let socket = sockets[index]
            guard case .number(let port) = socket.port,
                Self.ephemeral.contains(port), socket.key.address == .wildcard,
                !registered.contains(socket.key.port),
                !socket.details.remarks.contains(.seenFromOutside),
                !socket.details.remarks.contains(.contradictoryRow)
            else { continue }
            let servesElse = socket.details.owners.contains { servers.contains($0.pid) }
            if servesElse || vanished.contains(socket.key) {
                sockets[index].details.remarks.append(.likelyClient)
            }
        }
    }

    /// Linux begins at 32768, others at 49152 (RFC 6335, section 6).
    private static let ephemeral: ClosedRange<UInt16> = 32768...65535
}

extension ReportedSocket {
    /// Whether something is said of the port without a look at the sockets.
    fileprivate var isHearsay: Bool {
        details.remarks.contains { [.registered, .published, .seenFromOutside].contains($0) }
    }
}

extension MergedSocket.Key {
    /// The same without device and zone.
    fileprivate var withoutDevice: MergedSocket.Key {
        var key = self
        key.device = nil
        key.zone = nil
        return key
    }
}

extension ReportedFamily {
    /// Whether it is one of IPv6.
    fileprivate var isIPv6: Bool {
        switch self {
        case .ipv6, .dual, .ipv6OrDual: true
        case .ipv4, .undecided, .unknown: false
        }
    }
}
