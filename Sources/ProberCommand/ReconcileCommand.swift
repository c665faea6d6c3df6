import ArgumentParser
import FoundationEssentials
import Prober
import Reconcile
import SystemPackage

/// `prober reconcile`: compares files that the other commands made.
struct ReconcileCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reconcile",
        abstract: "Compare scan files with what the host says and what was declared",
        discussion: """
            Several scan files of one vantage, such as the shards of a scan, count as one scan.

            Example: prober reconcile --scan web1.jsonl --format json -o findings.json

            Exit status:
              0   nothing is against the policy
              1   something is against the policy
              2   the scan is not complete, or something could not be decided
              64  the request makes no sense
            """)

    /// How findings are written.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case table, json
    }

    @Option(
        name: .long, parsing: .upToNextOption,
        help: ArgumentHelp("Read scan files made by `prober scan`", valueName: "file"))
    var scan: [String]

    @Option(name: .long, help: "Write a table for people, or JSON for programs")
    var format: Format = .table

    @Option(
        name: [.customShort("o"), .long],
        help: ArgumentHelp("Write to a file instead of standard output", valueName: "file"))
    var output: String?

    @Flag(name: .long, help: "Exit with 0 even if something could not be decided")
    var allowInconclusive = false

    func run() throws {
        let reconciliation: Reconciliation
        do throws(InputError) {
            reconciliation = reconcile(try Self.survey(in: scan), with: nil, under: Policy())
            try write(reconciliation)
        } catch {
            _ = try? FileDescriptor.standardError.writeAll(
                "prober: \(error.description.escapedLines)\n".utf8)
            throw ExitCode(64)
        }
        let conclusion = reconciliation.conclusion(allowsInconclusive: allowInconclusive)
        throw ExitCode(conclusion.rawValue)
    }

    /// The survey in scan files, joined.
    static func survey(in paths: [String]) throws(InputError) -> Survey? {
        var parts: [(survey: Survey, source: String)] = []
        for path in paths {
            let bytes: [UInt8]
            do {
                bytes = Array(try Data(contentsOf: URL(filePath: path)))
            } catch {
                throw InputError(
                    path, problem: "the scan file cannot be read",
                    remedy: "Give a file that exists and that you may read.")
            }
            parts.append((try Survey(parsing: bytes, source: path), path))
        }
        return try Survey.joined(parts)
    }

    private func write(_ reconciliation: Reconciliation) throws(InputError) {
        let bytes: [UInt8] =
            switch format {
            case .table: Array(FindingsTable(reconciliation, isColoured: false).text.utf8)
            case .json: reconciliation.json()
            }
        guard let output else {
            // A reader that has seen enough ends the output; what was found still counts.
            _ = try? FileDescriptor.standardOutput.writeAll(bytes)
            return
        }
        do {
            try Data(bytes).write(to: URL(filePath: output), options: .atomic)
        } catch {
            throw InputError(
                output, problem: "the findings cannot be written there",
                remedy: "Give a file in a directory that exists and that you may write to.")
        }
    }
}

extension String {
    /// The text escaped line by line: the line feeds of our own messages stay.
    var escapedLines: String {
        split(separator: "\n", omittingEmptySubsequences: false)
            .map { String($0).escapedForTerminal }.joined(separator: "\n")
    }
}
