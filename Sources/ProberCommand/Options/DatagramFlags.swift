import ArgumentParser
import Prober
import Reconcile

/// The flags that choose how UDP endpoints are asked.
struct DatagramFlags: ParsableArguments {
    @Flag(help: "Probe UDP: ports without a transport are UDP ports (default: udp:common)")
    var udp = false

    @Option(
        help: ArgumentHelp(
            """
            End the UDP part after this long, as 30s or 1500ms, for each million endpoints; what \
            belongs to a port is asked whatever that takes (default: 30s)
            """, valueName: "time"),
        transform: { text in
            guard let duration = text == "0" ? .zero : AttemptTime.duration(text) else {
                throw ValidationError("a budget is written \(AttemptTime.syntax), or 0")
            }
            return duration
        })
    var udpBudget: Duration?

    @Option(
        help: ArgumentHelp(
            """
            Ask UDP ports more: 0 only what belongs to the port, 1 silent ports once more and \
            other services' requests where a reply was not recognised or the host report says \
            that the port is bound, 2 these of every silent port (default: 1)
            """, valueName: "0|1|2"),
        transform: { text in
            guard let effort = Int(text).flatMap(DatagramOptions.Effort.init) else {
                throw ValidationError("an effort is 0, 1 or 2")
            }
            return effort
        })
    var udpEffort: DatagramOptions.Effort?

    @Flag(
        name: .customLong("include-ot"),
        help: "Ask industrial services over UDP too (KNX, EtherNet/IP, BACnet), in their protocol")
    var includesIndustrial = false

    @Option(
        help: ArgumentHelp(
            """
            Keep to the limits of the host that wrote this report (prober host --format json), and \
            ask more where it listens
            """, valueName: "file"))
    var hostReport: String?

    /// Writes these choices into `plan`.
    ///
    /// `own` are this machine's addresses.
    func apply(to plan: inout ScanPlan, own: TargetSet) throws(InputError) {
        if let udpBudget { plan.datagrams.budget = udpBudget }
        if let udpEffort { plan.datagrams.effort = udpEffort }
        if includesIndustrial { plan.datagrams.includesIndustrial = true }
        guard let hostReport else { return }
        let report = try HostReport(json: InputFile.bytes(hostReport), source: hostReport)
        plan.datagrams.hints = report.hints(toAsk: plan.space.targets, own: own)
    }
}
