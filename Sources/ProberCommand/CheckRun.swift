import FoundationEssentials
import Prober
import Reconcile

/// The check of one target: a snapshot of the host, the probes, a second snapshot, the comparison.
struct CheckRun {
    let target: Target
    private let excluded: TargetSet
    private let seed: UInt64
    private let output: OutputOptions
    /// This machine's addresses, loopback included, before anything was set up.
    private let own: TargetSet
    private let reports: [HostReport]

    /// A check of `target`, with everything read that can be read before the first probe.
    ///
    /// - Throws: ``InputError`` when the target asks for what cannot be.
    init(
        _ target: Target, excluding excluded: TargetSet, seed: UInt64, _ output: OutputOptions
    ) throws(InputError) {
        self.target = target
        self.excluded = excluded
        self.seed = seed
        self.output = output
        own = LiveHost.ownAddresses()
        switch target.host {
        case .files(let files):
            reports = try files.map { file throws(InputError) in
                try HostReport(json: try InputFile.bytes(file.path), source: file.path)
            }
        case .live, nil: reports = []
        }
    }

    /// Carries the check out.
    func run() throws -> (reconciliation: Reconciliation, heading: String) {
        if target.settings.vantage == .namespace, let pair = openNamespace() {
            let vantage = Vantage(name: "namespace", addresses: pair.addresses)
            return try run(from: vantage, in: pair.namespace, hostEnd: pair.hostAddresses)
        }
        return try run(from: nil, in: nil, hostEnd: nil)
    }

    /// A namespace to probe from, or nil after a note that there can be none here.
    private func openNamespace() -> NamespaceVantage? {
        do throws(NamespaceVantageError) {
            return try NamespaceVantage.make(
                processID: ProcessInfo.processInfo.processIdentifier,
                avoiding: LiveHost.ownNetworks())
        } catch {
            if !output.quiet {
                Console.note(
                    """
                    note: \(target.name): \(error); probing directly instead, which shows this \
                    host as it sees itself, not as others see it
                    """)
            }
            return nil
        }
    }

    private func run(
        from vantage: Vantage?, in namespace: NetworkNamespace?, hostEnd: [IPAddress]?
    ) throws -> (Reconciliation, String) {
        let addresses = try self.addresses(hostEnd: hostEnd)
        let before = try snapshot()
        let (survey, heading) = try scan(addresses, from: vantage, in: namespace)
        let after = target.host == .live ? try snapshot() : nil
        return (reconcile(survey, with: before, after: after, under: target.policy), heading)
    }

    /// What the host says of itself at this moment; nil when nobody can be asked.
    private func snapshot() throws -> HostReport? {
        switch target.host {
        case .live: try LiveHost().collect(now: Date())
        case .files: reports.first
        case nil: nil
        }
    }

    /// Probes `addresses`.
    private func scan(
        _ addresses: TargetSet, from vantage: Vantage?, in namespace: NetworkNamespace?
    ) throws -> (Survey, String) {
        let ports = target.settings.probe
        guard let space = ProbeSpace(addresses, ports) else {
            throw target.location.error(
                "\(target.name) has more than 2^64 endpoints", "Name fewer addresses or ports.")
        }
        var plan = ScanPlan(space, seed: seed)
        plan.timeout = target.settings.timeout ?? plan.timeout
        plan.retries = target.settings.retries ?? plan.retries
        plan.namespace = namespace
        let isOwnMachine = namespace != nil || addresses.isSubset(of: own)
        plan.rate = target.settings.rate.rate(isOwnMachine: isOwnMachine)
        let run = try ScanRun(plan, isExact: false, output)
        let start = ScanStart(wall: Date(), monotonic: .now())
        var header = ScanRecord.Header(plan, started: start.text)
        if let vantage { header.vantage = vantage }
        var found = FoundGroups()
        let (tally, elapsed) = try run.run { found.add($0) }
        let survey = Survey(header, groups: found.takeGroups(), tally)
        let heading = """
            \(target.name): \(addresses.abbreviated(to: 60)) \(ports)
            from \(header.vantage.name) \
            (\(header.vantage.addresses.map(\.description).joined(separator: ", "))), \
            \(elapsed.inSeconds) s, seed \(seed)
            """
        return (survey, heading)
    }
}

extension CheckRun {
    /// The addresses to probe: those of the target, names resolved, without the excluded ones.
    ///
    /// - Throws: ``InputError`` when one of them must not or cannot be probed from the vantage.
    private func addresses(hostEnd: [IPAddress]?) throws(InputError) -> TargetSet {
        var wanted = TargetSet()
        for entry in target.addresses {
            let addresses = try self.addresses(of: entry, hostEnd: hostEnd)
            if hostEnd != nil, entry.kind != .thisHost,
                let remote = addresses.subtracting(outsideAddresses).ranges.first
            {
                throw entry.location.error(
                    remote.first.isLoopback
                        ? "\(remote) cannot be reached from a namespace"
                        : "\(remote) is no address of this host, and a namespace reaches no other",
                    "Write this-host or one of this host's addresses, or vantage: direct.")
            }
            if target.host == .live, entry.kind != .thisHost,
                let remote = addresses.subtracting(own).ranges.first
            {
                throw entry.location.error(
                    "\(remote) is no address of this machine, and host: live asks this machine",
                    "Run the check on that host, or give its report as host: { files: [...] }.")
            }
            wanted = wanted.union(addresses)
        }
        return try TargetSelection(
            wanted: wanted, excluded: excluded, scope: nil, allowsSpecial: false,
            own: own.union(TargetSet((hostEnd ?? []).map { AddressRange($0) }))
        ).addresses()
    }

    private func addresses(
        of entry: TargetAddress, hostEnd: [IPAddress]?
    ) throws(InputError) -> TargetSet {
        switch entry.kind {
        case .thisHost:
            if let hostEnd { return TargetSet(hostEnd.map { AddressRange($0) }) }
            let loopback = [IPAddress.v4(0x7f00_0001), .v6(high: 0, low: 1)]
            return TargetSet(loopback.map { AddressRange($0) }).intersection(own)
        case .word(let word):
            let list = TargetList([TargetList.Entry(word, at: entry.location)])
            return try TargetSelection.resolved(list)
        }
    }

    /// The addresses at which others can see this host.
    private var outsideAddresses: TargetSet {
        let loopback = [
            AddressRange(block: .v4(0x7f00_0000), prefixLength: 8),
            AddressRange(.v6(high: 0, low: 1)),
        ]
        return own.subtracting(TargetSet(loopback.compactMap { $0 }))
    }
}
