public import FoundationEssentials
import Prober
import SystemPackage

/// The host that this process runs on, seen from inside.
public struct LiveHost: Sendable {
    let proc: String
    let etc: String
    /// What is put before the folders of systemd.
    let root: String
    let namespaceNames: String
    private let readFirewall: @Sendable () -> LiveFirewall
    let diagnose: @Sendable (SocketTable) -> Result<SocketDiagnosis, NetlinkError>

    /// This host, as its kernel and `/proc` show it; its firewall is left alone unless
    /// `readsFirewall`.
    public init(readsFirewall: Bool = true) {
        self.init(
            proc: "/proc", readFirewall: { readsFirewall ? .collect() : .notRead }
        ) { table in
            do throws(NetlinkError) {
                return .success(try SocketDiagnosis.read(table))
            } catch {
                return .failure(error)
            }
        }
    }

    /// A host of which `proc` and the other arguments stand for the real thing.
    init(
        proc: String, etc: String = "/etc", namespaceNames: String = "/run/netns",
        root: String = "",
        readFirewall: @escaping @Sendable () -> LiveFirewall = { .notRead },
        diagnose: @escaping @Sendable (SocketTable) -> Result<SocketDiagnosis, NetlinkError>
    ) {
        self.proc = proc
        self.etc = etc
        self.root = root
        self.namespaceNames = namespaceNames
        self.readFirewall = readFirewall
        self.diagnose = diagnose
    }

    /// What the host says of itself: of the network namespace of the calling thread, and, if
    /// `includesNamespaces`, of every other one that it can enter.
    ///
    /// A source that cannot be read leaves a gap in the report's coverage; only when no source
    /// lists any socket there is no report. If `verifiesPorts`, every port is bound for a moment to
    /// find sockets that no list has.
    public func collect(
        now: Date, includesNamespaces: Bool = true, verifiesPorts: Bool = false
    ) throws(LiveHostError) -> HostReport {
        let inventory = try inventory()
        var report = HostReport(
            hostname: kernelHostName(), collected: now.ISO8601Format(),
            sources: inventory.sources, coverage: inventory.gaps, system: system())
        let addresses = readAddresses(into: &report)
        let namespaces = readNamespaces(
            joining: addresses, isEntering: includesNamespaces, into: &report)
        let owners = readOwners(
            of: inventory.sockets + namespaces.flatMap(\.sockets), into: &report)
        report.listeners = listeners(inventory.sockets, owners, addresses)
        for namespace in namespaces {
            report.listeners += listeners(
                namespace.sockets, owners, namespace.addresses, isOwn: false
            )
            .map { $0.inNamespace(namespace.name) }
        }
        addActivations(to: &report.listeners)
        readSysctls(into: &report)
        report.counters =
            ([KernelCounters(counters())]
            + namespaces.map { KernelCounters(namespace: $0.name, $0.counters) })
            .filter { !$0.values.isEmpty }
        if !report.counters.isEmpty {
            report.sources.append(HostReport.Source(kind: "proc", origin: "/proc/net/snmp"))
        }
        addBindingGap(to: &report)
        if verifiesPorts { verifyPorts(inventory.disagreements, into: &report) }
        report.take(readFirewall())
        return report
    }

    /// Every receiving socket of the calling thread's network namespace.
    func inventory() throws(LiveHostError) -> SocketInventory {
        try SocketInventory.collect { table in
            SocketInventory.Reading(
                diagnosis: diagnose(table),
                proc: Result { () throws(Errno) in try ProcNetTable.read(table, in: proc) })
        }
    }

    private func readAddresses(into report: inout HostReport) -> HostAddresses {
        do throws(NetlinkError) {
            let found = try HostAddresses.read()
            report.addresses = found.addresses
            report.coverage += found.gaps
            report.sources.append(HostReport.Source(kind: "rtnetlink", origin: "addresses"))
            if found.isInterrupted {
                report.coverage.append(
                    CoverageGap(
                        .addresses, reason: "the host's addresses changed each time they were read")
                )
            }
            return found
        } catch {
            report.coverage.append(
                CoverageGap(.addresses, reason: "the host's addresses were not read: \(error)"))
            return HostAddresses([], [])
        }
    }

    private func readOwners(
        of sockets: [KernelSocket], into report: inout HostReport
    ) -> SocketOwners {
        do throws(Errno) {
            let bytes = try? Directory(etc).contents(of: "passwd", limit: 1 << 24)
            let users = UserNames(parsing: String(decoding: bytes ?? [], as: UTF8.self))
            let wanted = Set(sockets.map(\.inode)).subtracting([0])
            let owners = try SocketOwners.read(wanted: wanted, in: proc, users: users)
            report.sources.append(HostReport.Source(kind: "proc", origin: "/proc/PID/fd"))
            report.coverage += owners.gaps
            return owners
        } catch {
            report.coverage.append(
                CoverageGap(.owners, reason: "/proc was not read (\(error))"))
            return SocketOwners()
        }
    }

    /// Kernels before 4.4 have sock_diag, but do not tell V6ONLY.
    private func addBindingGap(to report: inout HostReport) {
        guard report.listeners.contains(where: { $0.family == .ipv6OrDual }),
            !report.coverage.contains(where: { $0.subject == .binding })
        else { return }
        report.coverage.append(
            CoverageGap(
                .binding, reason: "the kernel does not tell whether an IPv6 socket takes IPv4"))
    }
}
