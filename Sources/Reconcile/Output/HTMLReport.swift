import Prober

extension FindingsReport {
    /// The report as one HTML file that needs nothing else and asks no network.
    ///
    /// Without scripts it is a summary. The findings are data in the page: text that its script
    /// shows as text, and never as HTML. A policy in the page allows this style and this script
    /// alone, by their digests.
    public func html() -> [UInt8] {
        let style = String(decoding: PackageResources.report_css, as: UTF8.self)
        let script = [
            PackageResources.report_data_js, PackageResources.report_picture_js,
            PackageResources.report_map_js, PackageResources.report_table_js,
        ].map { String(decoding: $0, as: UTF8.self) }.joined(separator: "\n")
        let page = HTMLTemplate(String(decoding: PackageResources.report_html, as: UTF8.self))
        let policy =
            "default-src 'none'; style-src 'sha256-\(SHA256(Array(style.utf8)).base64)'; "
            + "script-src 'sha256-\(SHA256(Array(script.utf8)).base64)'; "
            + "base-uri 'none'; form-action 'none'"
        let text = page.filled(with: [
            "policy": policy, "style": style, "script": script,
            "title": title.html,
            "headline": (headline.prefix(1).uppercased() + headline.dropFirst()).html,
            "conclusion": conclusion.word,
            "origin": origin, "tiles": tiles, "statements": statementList,
            "static": staticTable, "version": version.html,
            "data": String(decoding: HTMLData(self).bytes, as: UTF8.self),
        ])
        return Array(text.utf8)
    }

    private var title: String {
        let names = parts.map(\.name) + notBegun
        let rest = names.count > 1 ? " and \(names.count - 1) more" : ""
        return "Prober: \(names.first ?? "nothing")\(rest)"
    }

    /// What was judged, from where and when, a line for each target.
    private var origin: String {
        let lines = parts.prefix(8).map { part in
            let scan = part.reconciliation.scan
            let addresses = (part.reconciliation.vantage?.addresses ?? []).prefix(4).map(
                \.description
            )
            .joined(separator: ", ")
            let place = addresses.isEmpty ? part.vantage : "\(part.vantage) (\(addresses))"
            let target = part.target.map { "<b>\($0.html)</b> " } ?? ""
            let count = part.reconciliation.requestedCount
            let time = scan.map { ", <time>\($0.started.html)</time>" } ?? ""
            let view: String =
                switch part.reconciliation.mode {
                case .observed: "seen"
                case .predicted: "predicted"
                }
            let noun = count == 1 ? "endpoint" : "endpoints"
            return "<li>\(target)\(count.grouped) \(noun) \(view) from \(place.html)\(time)</li>"
        }
        let rest = parts.count > 8 ? ["<li>and \(parts.count - 8) more targets</li>"] : []
        return (lines + rest).joined(separator: "\n")
    }

    /// How many endpoints have each result.
    private var tiles: String {
        FindingResult.allCases.map { result in
            let count = endpointCount(result).grouped
            return "<button type=\"button\" class=\"tile\" data-result=\"\(result.rawValue)\" "
                + "aria-pressed=\"false\" disabled><span class=\"count\">\(count)</span> "
                + "<span class=\"label\">\(result.participle)</span></button>"
        }.joined(separator: "\n")
    }

    /// What is to be said of the whole.
    private var statementList: String {
        let begun = notBegun.map { "Not begun, because the run was stopped first: \($0)." }
        let open = parts.flatMap { part in
            part.reconciliation.openQuestions.map { sentence($0.explanation, of: part) }
        }
        let remarks = parts.flatMap { part in
            part.reconciliation.remarks.map { note in
                sentence((note.code.map { "\($0.rawValue) " } ?? "") + note.explanation, of: part)
            }
        }
        return section("Open questions", "Nothing passes as long as these are open.", begun + open)
            + section("Notes", "", remarks)
    }

    private func sentence(_ text: String, of part: Part) -> String {
        parts.count > 1 ? "\(part.name): \(text)" : text
    }

    private func section(_ title: String, _ lead: String, _ sentences: [String]) -> String {
        guard !sentences.isEmpty else { return "" }
        let items = sentences.prefix(50).map { "<li>\($0.html)</li>" }.joined(separator: "\n")
        let rest = sentences.count > 50 ? "<li>and \(sentences.count - 50) more</li>" : ""
        return "<section class=\"statements\"><h2>\(title)</h2><p>\(lead)</p>"
            + "<ul>\(items)\(rest)</ul></section>"
    }

    /// The worst findings as a table for readers without scripts.
    private var staticTable: String {
        let rows = parts.flatMap { part in
            FindingRow.rows(of: part.reconciliation.findings.filter(\.needsAttention))
        }
        let lines = rows.prefix(200).map { row in
            "<tr><td>\(row.finding.result.rawValue)</td><td>\(row.finding.code.rawValue)</td>"
                + "<td>\(row.place.html)</td><td>\(row.finding.explanation.html)</td></tr>"
        }
        let more = rows.count > 200 ? "<p>and \(rows.count - 200) more</p>" : ""
        return "<table><thead><tr><th scope=\"col\">Result</th><th scope=\"col\">Code</th>"
            + "<th scope=\"col\">Endpoint</th><th scope=\"col\">What was found</th></tr></thead>"
            + "<tbody>\(lines.joined(separator: "\n"))</tbody></table>\(more)"
    }
}
