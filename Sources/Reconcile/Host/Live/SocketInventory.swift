import Prober
import SystemPackage

/// Every receiving socket of a network namespace, from two sources that check each other.
struct SocketInventory: Sendable {
    /// The sockets; what only one source lists is among them.
    private(set) var sockets: [KernelSocket] = []
    private(set) var sources: [HostReport.Source] = []
    private(set) var gaps: [CoverageGap] = []
    /// The ports that only one source lists, twice in a row.
    private(set) var disagreements: [UnlistedPort] = []
    /// The tables that no source could read, with what sock_diag said.
    private var unread: [(table: SocketTable, error: NetlinkError)] = []
    /// The tables that only `/proc/net` has, with what sock_diag said.
    private var fallbacks: [(table: SocketTable, error: NetlinkError)] = []

    /// What both sources say of one table at one moment.
    struct Reading {
        var diagnosis: Result<SocketDiagnosis, NetlinkError>
        var proc: Result<ProcNetTable, Errno>
    }

    /// Reads all tables; `read` is called again for a table of which the sources disagree.
    ///
    /// - Throws: ``LiveHostError`` when no source has any table.
    static func collect(
        reading read: (SocketTable) -> Reading
    ) throws(LiveHostError) -> SocketInventory {
        var inventory = SocketInventory()
        for table in SocketTable.all {
            inventory.add(table, read(table), again: { read(table) })
        }
        if inventory.unread.count == SocketTable.all.count, let first = inventory.unread.first {
            throw .noSocketTable(reason: first.error.description)
        }
        if let first = inventory.fallbacks.first {
            let names = inventory.fallbacks.map(\.table.description).joined(separator: ", ")
            inventory.gaps.append(
                CoverageGap(
                    .binding,
                    reason: "sock_diag does not list \(names) (\(first.error)), and /proc/net does "
                        + "not tell whether an IPv6 socket takes IPv4, nor a socket's device"))
        }
        return inventory
    }

    private mutating func add(_ table: SocketTable, _ first: Reading, again: () -> Reading) {
        switch (first.diagnosis, first.proc) {
        case (.success(let diagnosis), .success(let proc)):
            let difference = Difference(diagnosis, proc)
            if difference.isEmpty {
                take(table, diagnosis, proc)
            } else {
                compareAgain(table, diagnosis, proc, difference, again())
            }
        case (.success(let diagnosis), .failure): take(table, diagnosis, nil)
        case (.failure(let error), .success(let proc)):
            take(table, nil, proc)
            fallbacks.append((table, error))
        // A kernel without IPv6 has neither.
        case (.failure, .failure(.noSuchFileOrDirectory))
        where table.family == .ipv6 && !unread.contains { $0.table == table.inIPv4 }:
            break
        case (.failure(let diagnosis), .failure(let proc)):
            unread.append((table, diagnosis))
            gaps.append(
                CoverageGap(
                    .listeners,
                    reason: "\(table) was not read: sock_diag says \"\(diagnosis)\", "
                        + "/proc/net/\(table.fileName) says \"\(proc)\""))
        }
    }

    /// What differs once may have come or gone between the two; what differs twice is told.
    private mutating func compareAgain(
        _ table: SocketTable, _ diagnosis: SocketDiagnosis, _ proc: ProcNetTable,
        _ difference: Difference, _ second: Reading
    ) {
        guard
            case (.success(let newDiagnosis), .success(let newProc)) =
                (second.diagnosis, second.proc)
        else {
            take(table, diagnosis, proc)
            sockets += difference.onlyProc
            return
        }
        let stable = difference.intersection(Difference(newDiagnosis, newProc))
        take(table, newDiagnosis, newProc)
        sockets += stable.onlyProc
        for (names, has, lacks) in [
            (stable.onlyDiagnosis, "sock_diag", "/proc/net/\(table.fileName)"),
            (stable.onlyProc, "/proc/net/\(table.fileName)", "sock_diag"),
        ] where !names.isEmpty {
            let lacking: UnlistedPort.List = lacks == "sock_diag" ? .socketDiagnosis : .proc
            for port in PortSet(ports: names.map(\.port)) {
                disagreements.append(
                    UnlistedPort(table.transport, table.family, port, .hidden, lacks: [lacking]))
            }
            let shown = names.map { "\(Endpoint($0.address, $0.transport, $0.port))" }.sorted()
            let more = shown.count > 3 ? " and \(shown.count - 3) more" : ""
            gaps.append(
                CoverageGap(
                    .listeners,
                    reason: "\(has) lists what \(lacks) does not: "
                        + shown.prefix(3).joined(separator: ", ") + more))
        }
    }

    private mutating func take(
        _ table: SocketTable, _ diagnosis: SocketDiagnosis?, _ proc: ProcNetTable?
    ) {
        if let diagnosis {
            sockets += diagnosis.sockets
            sources.append(HostReport.Source(kind: "sock_diag", origin: table.fileName))
            if diagnosis.isInterrupted {
                gaps.append(
                    CoverageGap(
                        .listeners,
                        reason: "the kernel's list of \(table) changed each time it was read"))
            }
        }
        guard let proc else { return }
        if diagnosis == nil { sockets += proc.sockets }
        sources.append(HostReport.Source(kind: "proc", origin: "/proc/net/\(table.fileName)"))
        if proc.brokenLineCount > 0 {
            gaps.append(
                CoverageGap(
                    .listeners,
                    reason: proc.brokenLineCount.counting("line")
                        + " of /proc/net/\(table.fileName) could not be understood"))
        }
    }

    /// The sockets that only one source lists.
    private struct Difference {
        var onlyDiagnosis: [KernelSocket]
        var onlyProc: [KernelSocket]

        var isEmpty: Bool { onlyDiagnosis.isEmpty && onlyProc.isEmpty }

        init(_ diagnosis: SocketDiagnosis, _ proc: ProcNetTable) {
            onlyDiagnosis = diagnosis.sockets.missing(from: proc.sockets)
            onlyProc = proc.sockets.missing(from: diagnosis.sockets)
        }

        /// What is missing here and in `other`.
        func intersection(_ other: Difference) -> Difference {
            var both = self
            both.onlyDiagnosis = other.onlyDiagnosis.found(in: onlyDiagnosis)
            both.onlyProc = other.onlyProc.found(in: onlyProc)
            return both
        }
    }
}

extension SocketTable {
    /// The table of the same transport over IPv4.
    fileprivate var inIPv4: SocketTable { SocketTable(transport: transport, family: .ipv4) }
}

extension KernelSocket {
    /// What tells a socket from others in either source.
    fileprivate struct Key: Hashable {
        var endpoint: Endpoint
        var inode: UInt64
    }

    fileprivate var key: Key {
        Key(endpoint: Endpoint(address, transport, port), inode: inode)
    }
}

extension [KernelSocket] {
    fileprivate func missing(from other: [KernelSocket]) -> [KernelSocket] {
        let keys = Set(other.map(\.key))
        return filter { !keys.contains($0.key) }
    }

    fileprivate func found(in other: [KernelSocket]) -> [KernelSocket] {
        let keys = Set(other.map(\.key))
        return filter { keys.contains($0.key) }
    }
}
