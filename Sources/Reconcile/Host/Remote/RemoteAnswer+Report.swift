import FoundationEssentials
import Prober

extension RemoteAnswer {
    /// What the host says of itself by the commands that it has; nil when none lists sockets.
    ///
    /// All parts are of one `origin`: they were made in the same moment, so what one tool leaves out
    /// is no contradiction of another.
    func report(from origin: String, now: Date, _ names: ServiceNames) -> HostReport? {
        var reports = HostReports(names: names)
        for part in listings {
            // The readers conclude from the command what was asked for.
            reports.read(origin, bytes: Array("$ \(part.command)\n".utf8) + part.output)
        }
        guard reports.listsSockets, var report = reports.report(now: now) else { return nil }
        report.hostname = hostname
        report.sysctls = sysctls
        report.addresses = addresses
        if let told = HostSystem(uname: system) {
            // What the commands printed may tell more than the name; it never tells otherwise.
            report.system = report.system.flatMap { told.joined(with: $0) } ?? told
        }
        report.sources.insert(HostReport.Source(kind: "ssh", origin: origin), at: 0)
        if let firewall { report.take(firewall) }
        if !report.addresses.isEmpty { report.coverage.removeAll { $0.subject == .addresses } }
        let isOwnerMissing =
            report.listeners.contains { $0.owners.isEmpty }
            || report.partialListeners.contains { $0.details.owners.isEmpty }
        if isOwnerMissing, let userID, userID != 0 {
            report.coverage.append(
                CoverageGap(
                    .owners,
                    reason: "the user of ssh is not root there (uid \(userID)), so processes of "
                        + "others were not seen"))
        }
        for part in listings where part.status == nil {
            report.coverage.append(
                CoverageGap(.listeners, reason: "\(part.tool) was not heard to its end"))
        }
        return report
    }
}
