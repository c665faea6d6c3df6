import FoundationEssentials
import Prober
import Testing

@testable import Reconcile

/// A report of `Tests/Fixtures/reports`, written by hand from what is known of its format, and what
/// it must give.
struct ReportFixture: CustomTestStringConvertible, Sendable {
    let name: String
    let tcp: Int
    let udp: Int
    let listeners: [String]

    var testDescription: String { name }

    static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../Fixtures/reports").path()

    /// Every fixture of `index.tsv`.
    static let all: [ReportFixture] = {
        let bytes = (try? FileContents.bytes(of: folder + "/index.tsv", atMost: 1 << 20)) ?? []
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").dropFirst().compactMap
        {
            line in
            let cells = line.split(separator: "\t", omittingEmptySubsequences: false)
            guard cells.count == 4, let tcp = Int(cells[1]), let udp = Int(cells[2]) else {
                return nil
            }
            return ReportFixture(
                name: String(cells[0]), tcp: tcp, udp: udp,
                listeners: cells[3].split(separator: ";").map { $0.trimmingSpaces })
        }
    }()

    /// The report's bytes.
    func bytes() throws -> [UInt8] {
        try FileContents.bytes(of: "\(Self.folder)/\(name)", atMost: 1 << 20)
    }
}

extension HostReports {
    /// A set of one report, with names from our own table alone.
    static func reading(_ bytes: [UInt8], as format: ReportFormat? = nil) -> HostReports {
        var reports = HostReports(names: ServiceNames())
        reports.read("report", as: format, bytes: bytes)
        return reports
    }

    /// A set of one report of this text.
    static func reading(_ text: String, as format: ReportFormat? = nil) -> HostReports {
        reading(Array(text.utf8), as: format)
    }

    /// What they come to at no particular time.
    var joined: HostReport? { report(now: Date(timeIntervalSince1970: 0)) }
}

extension HostReport {
    /// A line for each listener: `tcp 0.0.0.0 22 ipv4 sshd(601,root) [remarks]`.
    var shown: [String] {
        (listeners.map { listener in
            Self.line(
                listener.transport, "\(listener.address)", "\(listener.port)", listener.family,
                listener.details)
        }
            + partialListeners.map { listener in
                let address =
                    switch listener.address {
                    case .whole(let address): "\(address)"
                    case .wildcard: "wildcard"
                    case .cut(let text): "cut:\(text)"
                    case .name(let name): "name:\(name)"
                    case .notShown: "notshown"
                    }
                let port =
                    switch listener.port {
                    case .number(let number): "\(number)"
                    case .name(let name, let ports):
                        "name:\(name)" + (ports.isEmpty ? "" : "=\(ports)")
                    case .cut(let digits, _): "cut:\(digits)"
                    }
                return Self.line(
                    listener.transport, address, port, listener.family, listener.details)
            }).sorted()
    }

    private static func line(
        _ transport: Transport?, _ address: String, _ port: String, _ family: Listener.Family?,
        _ details: SocketDetails
    ) -> String {
        let zone = details.zone.map { "%\($0)" } ?? ""
        let device = details.device.map { "@\($0)" } ?? ""
        var words = [transport?.rawValue ?? "?", address + zone + device, port]
        words.append(family?.rawValue ?? "-")
        for owner in details.owners {
            let user = owner.user.map { ",\($0)" } ?? ""
            let command = owner.command.map { "=\($0)" } ?? ""
            words.append("\(owner.name)(\(owner.pid)\(user))\(command)")
        }
        if let program = details.program { words.append(program) }
        var facts: [String] = []
        if let unit = details.unit { facts.append("unit=\(unit)") }
        if let container = details.container { facts.append("container=\(container)") }
        if let namespace = details.namespace { facts.append("namespace=\(namespace)") }
        if let inode = details.inode { facts.append("inode=\(inode)") }
        if let userID = details.userID { facts.append("uid=\(userID)") }
        if !facts.isEmpty { words.append("{\(facts.joined(separator: ","))}") }
        if !details.remarks.isEmpty {
            words.append("[\(details.remarks.map(\.rawValue).joined(separator: ","))]")
        }
        return words.joined(separator: " ")
    }
}
