import Prober

extension ScanPlan {
    /// What is sent, a fact a line.
    var summary: [String] {
        let sourceText =
            sources.isEmpty
            ? "the kernel's choice" : sources.map(\.description).joined(separator: ", ")
        return [
            "targets    \(space.targets) (\(space.targets.count.counted("address", "addresses")))",
            "ports      \(space.ports) (\(space.ports.count) at each address)",
            "endpoints  \(requested)\(shard == .whole ? "" : " in shard \(shard)")"
                + (known.isEmpty ? "" : ", and \(known.count) known already"),
        ] + connectLines + datagramLines + [
            "pace       rate \(rate), \(inFlight) in flight, \(workers.counted("worker")), "
                + timeoutText,
            "proof      \(proofText)",
            "source     \(sourceText)\(interface.map { " through \($0)" } ?? "")",
            "seed       \(seed)",
        ]
    }

    private var proofText: String {
        let ports = decoyPorts.description.replacing(",", with: ", ")
        return "ports \(ports) of each host with an open TCP port"
            + (talks ? "; bytes on open connections" : "")
    }

    private var timeoutText: String {
        timeout.map { "timeout \($0.inMilliseconds) ms" } ?? "timeouts from the round trips"
    }

    /// How often TCP ports are asked; nothing without any.
    private var connectLines: [String] {
        let count = shard.share(of: PortSpec(tcp: space.ports.tcp), at: space.targets.count)
        guard count > 0 else { return [] }
        let what = count == requested ? "endpoint" : "TCP endpoint"
        guard let retries else {
            return [
                "attempts   for each silent \(what) as many as a confidence of \(confidence) asks"
            ]
        }
        return [
            "attempts   at most \(count * UInt128(retries + 1)), \(retries + 1) for each silent \(what)"
        ]
    }

    /// How UDP ports are asked; nothing without any.
    private var datagramLines: [String] {
        guard !space.ports.udp.isEmpty else { return [] }
        let industrial = datagrams.includesIndustrial ? ", industrial ones too" : ""
        let whole = shard == .whole ? "" : " in all shards"
        return [
            "requests   \(ownRequestCount) that belong to the UDP ports\(industrial)\(whole), fewer "
                + "where one is answered",
            "silence    asked again for up to \(datagrams.budget.inMilliseconds) ms, effort "
                + "\(datagrams.effort.rawValue), with up to 3 random high ports of each host as "
                + "controls",
        ]
    }
}
