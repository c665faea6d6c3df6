import FoundationEssentials
import Prober
import Reconcile

/// What a scan finds, as XML for the readers of nmap's: the beginning at once, the hosts at the end.
struct NmapXMLWriter: ScanWriter, ~Copyable {
    private let plan: SurveyPlan
    private let isEach: Bool
    private var xml: NmapXML
    private var hosts = HostGathering()

    /// XML of a scan with `header`, with a row for every port that was asked when `isEach`.
    init(_ header: ScanRecord.Header, each isEach: Bool) {
        plan = header.plan
        self.isEach = isEach
        xml = NmapXML(
            header, arguments: Version.arguments, version: Version.number,
            services: InputFile.services())
    }

    mutating func add(_ known: ResumableScan, write: ([UInt8]) throws -> Void) throws {
        try hosts.add(known)
    }

    mutating func add(_ batch: [Observation], elapsed: Duration) throws {
        try hosts.add(batch)
    }

    mutating func end(
        _ tally: ScanTally, elapsed: Duration, write: ([UInt8]) throws -> Void
    ) throws {
        let (plan, isEach) = (plan, isEach)
        var xml = xml
        let wire = Dictionary(grouping: tally.wire, by: \.address)
        try hosts.forEachHost { address, groups in
            xml.add(
                NmapHost(
                    address, groups, plan: plan, listsEach: isEach, wire: wire[address] ?? []))
            try write(xml.takeBytes())
        }
        xml.end(ScanRecord.Ending(tally, elapsed: elapsed), at: Int64(Date().timeIntervalSince1970))
        self.xml = xml
    }

    mutating func takeBytes() -> [UInt8] { xml.takeBytes() }
}
