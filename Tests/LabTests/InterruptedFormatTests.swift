import Foundation
import Glibc
import Prober
import Reconcile
import Testing

/// Every format of a scan is whole after one signal and after two, over IPv4, IPv6 and UDP.
@Suite(.serialized, .enabled(if: Lab.isPossible, "needs root and network namespaces"))
struct InterruptedFormatTests {
    private static let targets = ["203.0.113.10", "2001:db8:b::10"]

    /// Runs a scan, stops it with `signals` once its first line is there; gives what it wrote.
    private static func stopped(
        _ format: String, by signals: [Int32], _ more: [String] = []
    ) throws -> Command.Outcome {
        let lab = try Lab()
        let arguments =
            ["scan", "--format", format] + targets + ["-p", "tcp:1-65535,udp:53", "--rate", "2000"]
            + more
        let running = try lab.command(on: .outside, Lab.Binary.command(arguments)).start()
        let first = running.firstLine()
        for signal in signals { running.send(signal) }
        var outcome = running.finish()
        outcome.output = first + "\n" + outcome.output
        #expect(outcome.status == 2, "\(outcome.errors)")
        return outcome
    }

    @Test(
        "XML is closed, and counts what was not tested", arguments: [[SIGINT], [SIGINT, SIGTERM]])
    func xml(signals: [Int32]) throws {
        let outcome = try Self.stopped("xml", by: signals)
        let survey = try Survey(nmap: Array(outcome.output.utf8), source: "scan.xml")
        #expect(survey.ending == .interrupted)
        #expect(survey.totals.requested == 2 * 65_536)
        #expect(survey.totals[.notTested] > 0)
        #expect(survey.totals.sum == survey.totals.requested)
        let missing = survey.totals[.notTested]
        #expect(
            outcome.output.contains(
                "errormsg=\"interrupted: \(missing) of 131072 endpoints not tested\""))
        #expect(outcome.output.hasSuffix("</nmaprun>\n"))
        let definition = "/usr/share/nmap/nmap.dtd"
        guard ProgramRun.path(of: "xmllint") != nil,
            FileManager.default.fileExists(atPath: definition)
        else { return }
        var lint = Command(["xmllint", "--noout", "--dtdvalid", definition, "-"])
        lint.input = outcome.output
        try lint.run().expectSuccess()
    }

    @Test("rows of CSV are whole", arguments: [[SIGINT], [SIGINT, SIGTERM]])
    func csv(signals: [Int32]) throws {
        let outcome = try Self.stopped("csv", by: signals, ["--each"])
        #expect(outcome.output.hasSuffix("\r\n"))
        let rows = outcome.output.split(separator: "\r\n", omittingEmptySubsequences: true)
        #expect(rows.first?.hasPrefix("address,transport,port,state") == true)
        #expect(
            rows.allSatisfy {
                $0.split(separator: ",", omittingEmptySubsequences: false).count == 11
            })
    }

    @Test("greppable lines end with the totals", arguments: [[SIGINT], [SIGINT, SIGTERM]])
    func greppable(signals: [Int32]) throws {
        let outcome = try Self.stopped("greppable", by: signals)
        let lines = outcome.output.split(separator: "\n")
        let last = try #require(lines.last)
        #expect(last.hasPrefix("# Prober done at "))
        #expect(last.hasSuffix(" of 131072 endpoints not tested (interrupted)"))
        #expect(lines.dropFirst(2).dropLast().allSatisfy { $0.hasPrefix("Host: ") })
    }
}
