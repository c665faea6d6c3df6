public import FoundationEssentials
public import Prober
import SystemPackage

/// Reports about one host, in any formats, that are to be joined into one.
public struct HostReports {
    private var reports: [ReadReport] = []
    private var names: ServiceNames

    /// No reports yet; services' names in them are looked up in `names`.
    public init(names: ServiceNames) { self.names = names }

    /// What is wrong with reports; what could be read of them counts even so.
    public private(set) var problems: [InputError] = []

    /// Whether there is anything to make a report of.
    public var isEmpty: Bool { reports.isEmpty }

    /// Whether something in them lists sockets of the host itself.
    public var hasInsideView: Bool {
        reports.contains { report in
            !report.hostReports.isEmpty || report.sections.contains { $0.format != .nmap }
        }
    }

    /// Whether something in them lists sockets as tools of the host itself do.
    var listsSockets: Bool {
        reports.contains { $0.sections.contains { $0.format.listsSockets } }
    }

    /// Reads the report in the file at `path`, a part at a time, whatever its size.
    ///
    /// It is named `origin`, and is in `format` where its owner knows, otherwise recognised by its
    /// content.
    public mutating func read(_ origin: String, at path: String, as format: ReportFormat? = nil) {
        var scanner = ReportScanner(origin: origin, only: format)
        do throws(Errno) {
            try FileContents.chunks(of: path) { scanner.read($0) }
        } catch {
            problems.append(
                InputError(
                    origin, problem: "the file cannot be read: \(error)",
                    remedy: "Check the path and who may read it."))
            return
        }
        take(scanner.finish())
    }

    /// Reads the report `origin`, whose text is `bytes`.
    public mutating func read(_ origin: String, as format: ReportFormat? = nil, bytes: [UInt8]) {
        var scanner = ReportScanner(origin: origin, only: format)
        scanner.read(bytes)
        take(scanner.finish())
    }

    private mutating func take(_ report: ReadReport) {
        if let problem = report.problem {
            problems.append(problem.error(report.origin))
            if problem.isFatal { return }
        }
        reports.append(report)
    }

    /// What all reports together say; nil when there is none.
    public func report(now: Date) -> HostReport? {
        guard !reports.isEmpty else { return nil }
        let own = reports.flatMap(\.hostReports)
        let sections = reports.flatMap(\.sections)
        // A report of our own that stands alone is already what is wanted.
        if let only = own.first, own.count == 1, sections.isEmpty { return only }
        return ReportAssembly(reports, names: names).report(now: now)
    }
}
