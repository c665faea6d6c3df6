import ArgumentParser
import Reconcile

/// How findings are written.
enum FindingsFormat: String, ExpressibleByArgument, CaseIterable {
    case table, json, html, markdown, sarif, junit

    /// Every name, as usage shows them.
    static var names: String { allCases.map(\.rawValue).joined(separator: "|") }

    /// What help says of the formats.
    static let help: ArgumentHelp = ArgumentHelp(
        "Write a table for people, JSON for programs, an HTML file to open, Markdown for a pull "
            + "request, SARIF 2.1.0, or JUnit XML",
        valueName: names)

    /// `report` as a file that holds the whole run; nil for what is written target by target.
    func file(of report: FindingsReport) -> [UInt8]? {
        switch self {
        case .table, .json: nil
        case .html: report.html()
        case .markdown: Array(report.markdown().utf8)
        case .sarif: report.sarif()
        case .junit: report.junit()
        }
    }
}
