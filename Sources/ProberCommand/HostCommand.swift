import ArgumentParser
import FoundationEssentials
import Prober
import Reconcile
import SystemPackage

/// `prober host`: what this host says of itself.
struct HostCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "host",
        abstract: "Show what listens on this host, who holds it and for whom it is reachable",
        discussion: """
            Reads the kernel's own lists; no packet is sent. What could not be seen, for lack of \
            privilege or otherwise, is listed at the end: run as root to see every owner.

            Examples:
              prober host
              prober host --format json -o web1.host.json
            """)

    /// How the report is written.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case table, json
    }

    @Option(
        help: ArgumentHelp(
            "Write a table for people or JSON (default: table on a terminal, json otherwise)",
            valueName: "table|json"))
    var format: Format?

    @Option(
        name: [.customShort("o"), .long],
        help: ArgumentHelp(
            "Write to this file, which appears only when it is whole (default: standard output)",
            valueName: "file"))
    var output: String?

    func run() throws {
        do {
            try report()
        } catch let error as InputError {
            throw ending(.usage, error.description)
        } catch let error as LiveHostError {
            throw ending(.incomplete, error.description)
        } catch Errno.brokenPipe where output == nil {
            // Whoever read the results has seen enough.
        } catch let error as Errno {
            throw ending(
                .incomplete, "\(output ?? "standard output") cannot be written: \(error)")
        }
    }

    private func report() throws {
        // The file first: a name that cannot be written to is found before any work is done.
        let file = try output.map { path throws(InputError) in try OutputFile(path) }
        let report = try LiveHost().collect(now: Date.now)
        let bytes = text(of: report)
        if let file {
            try file.write(bytes)
            try file.commit()
        } else {
            FileDescriptor.reportBrokenPipes()
            try FileDescriptor.standardOutput.writeAll(bytes)
        }
    }

    private func text(of report: HostReport) -> [UInt8] {
        let services = (try? Directory("/etc").contents(of: "services", limit: 1 << 24)) ?? []
        let table = ServiceTable(parsing: String(decoding: services, as: UTF8.self))
        let isForPeople = output == nil && Console.outputIsTerminal
        switch format ?? (isForPeople ? .table : .json) {
        case .table: return Array(HostTable(report, services: table).text.utf8)
        case .json: return report.json(services: table)
        }
    }

    /// Says what went wrong on standard error, and gives the status to end with.
    private func ending(_ status: ExitStatus, _ message: String) -> ExitCode {
        Console.note("prober: \(message)")
        return status.code
    }
}
