import Prober

extension ScanPlan {
    /// What is sent, a fact a line.
    var summary: [String] {
        let sourceText =
            sources.isEmpty
            ? "the kernel's choice" : sources.map(\.description).joined(separator: ", ")
        let udp = space.ports.udp.isEmpty ? [] : [datagrams.summary]
        return [
            "targets    \(space.targets) (\(space.targets.count.counted("address", "addresses")))",
            "ports      \(space.ports) (\(space.ports.count) at each address)",
            "endpoints  \(requested)\(shard == .whole ? "" : " in shard \(shard)")",
            "attempts   at most \(requested * UInt128(retries + 1)), "
                + "\(retries + 1) for each silent endpoint",
            "pace       rate \(rate), \(inFlight) in flight, \(workers.counted("worker")), "
                + "timeout \(timeout.inMilliseconds) ms",
            "source     \(sourceText)\(interface.map { " through \($0)" } ?? "")",
            "seed       \(seed)",
        ] + udp
    }
}

extension DatagramOptions {
    /// How UDP ports are asked, in a line.
    fileprivate var summary: String {
        let budgetText = "silence looked into for \(budget.inMilliseconds) ms"
        let industrial = includesIndustrial ? ", industrial services too" : ""
        return "udp        \(budgetText), effort \(effort.rawValue)\(industrial); up to 3 random "
            + "high ports of a host are asked as controls"
    }
}
