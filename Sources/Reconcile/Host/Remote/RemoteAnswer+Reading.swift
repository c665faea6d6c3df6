import FoundationEssentials
import Prober

extension RemoteAnswer {
    /// What the host had counted, as far as `needs` asks.
    func reading(of needs: HostReading.Needs) -> HostReading {
        var reading = HostReading()
        var reports = HostReports(names: ServiceNames())
        for part in parts where part.status == 0 {
            switch part.tool {
            case "files":
                reading.counters.merge(KernelCounters.values(in: part.text)) { first, _ in first }
            case "ss":
                reports.read(part.command, bytes: Array("$ \(part.command)\n".utf8) + part.output)
            default: break
            }
        }
        if needs.includesSockets, let report = reports.report(now: .distantPast) {
            reading.take(report.listeners)
        }
        reading.takeRules(from: firewallSource, needs.engines)
        return reading
    }
}
