import Prober
import SystemPackage

extension LiveHost {
    /// Tries every port, and adds to `report` what is held though not listed.
    ///
    /// In the network namespace of the calling thread. What hides makes absence doubtful, so it is
    /// also a gap.
    func verifyPorts(_ disagreements: [UnlistedPort], into report: inout HostReport) {
        let deadline = MonotonicTime.now()
            .advanced(byNanoseconds: Self.verificationLimit)
        let audit = PortAudit(
            listHolders: { portHolders() },
            sweep: { table, ports in Self.sweep(table, ports, until: deadline) },
            reserved: reservedPorts(), listsBoundSockets: Self.listsBoundSockets())
        var verification = audit.run()
        verification.unlisted = disagreements + verification.unlisted
        report.sources.append(HostReport.Source(kind: "bind", origin: "every port"))
        for port in verification.unlisted where port.lacks.count == UnlistedPort.List.allCases.count
        {
            let reason =
                switch port.kind {
                case .hidden: "held by a socket that no list has"
                case .reserved: "reserved, and held by a socket that no list has"
                case .boundOrHidden: "held by a socket that is only bound, or that is hidden"
                }
            report.coverage.append(
                CoverageGap(
                    .listeners, reason: "port \(port.port) is \(reason)",
                    transport: port.transport, family: port.family))
        }
        report.verification = verification
    }

    /// How long the binds may take, all together, in nanoseconds; they take a second or two.
    private static let verificationLimit: UInt64 = 20_000_000_000

    /// Binds each of `ports` in turn.
    static func sweep(
        _ table: SocketTable, _ ports: PortSet, until deadline: MonotonicTime
    ) -> PortAudit.Sweep {
        var sweep = PortAudit.Sweep()
        var held: [UInt16] = []
        var untested: [UInt16] = []
        var test = BindTest(table.transport, table.family)
        var isLate = false
        for (index, port) in ports.enumerated() {
            if index % 256 == 0 { isLate = isLate || MonotonicTime.now() >= deadline }
            guard !isLate else {
                untested.append(port)
                continue
            }
            switch test.answer(for: port) {
            case .free: break
            case .held: held.append(port)
            case .refused: untested.append(port)
            case .unsupported(let error):
                // Not for lack of descriptors and the like: a kernel without IPv6 has none to hide.
                if error == .addressFamilyNotSupported || error == .addressNotAvailable {
                    sweep.isSupported = false
                    return sweep
                }
                untested.append(port)
            }
        }
        sweep.held = PortSet(ports: held)
        sweep.untested = PortSet(ports: untested)
        return sweep
    }

    /// What either source lists; nil when neither lists anything.
    private func portHolders() -> PortAudit.Holders? {
        var holders: PortAudit.Holders?
        for table in SocketTable.all {
            let diagnosis = try? SocketDiagnosis.portHolders(table)
            let proc = try? ProcNetTable.read(table, in: proc, everyState: true).sockets
            if let diagnosis { holders = PortAudit.holders(diagnosis, and: holders) }
            guard var proc else { continue }
            // /proc cannot tell V6ONLY, and sock_diag can.
            if diagnosis != nil {
                for index in proc.indices where table.family == .ipv6 {
                    proc[index].isIPv6Only = true
                }
            }
            holders = PortAudit.holders(proc, and: holders)
        }
        return holders
    }

    private func reservedPorts() -> PortSet {
        let path = "\(proc)/sys/net/ipv4/ip_local_reserved_ports"
        guard let bytes = try? FileContents.bytes(of: path, atMost: 1 << 20) else {
            return PortSet()
        }
        return NmapReport.ports(
            String(decoding: bytes.filter { $0 > UInt8(ascii: " ") }, as: UTF8.self))
    }

    private static func listsBoundSockets() -> Bool {
        let table = SocketTable(transport: .tcp, family: .ipv4)
        let isListed = try? BindTest.withBoundSocket { port in
            let listed = try? SocketDiagnosis.portHolders(table)
            return listed?.contains { $0.port == port } ?? false
        }
        return isListed ?? false
    }
}
