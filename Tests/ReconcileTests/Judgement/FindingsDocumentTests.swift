import FoundationEssentials
import Prober
import Testing

@testable import Reconcile

/// `docs/findings.md` explains every code, and none that there is not.
@Suite struct FindingsDocumentTests {
    private static func lines() throws -> [String] {
        let path = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../../docs/findings.md").path()
        let bytes = try FileContents.bytes(of: path, atMost: 1 << 20)
        return String(decoding: bytes, as: UTF8.self)
            .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    @Test func `every code has its section, in order, and every section its code`() throws {
        let titles = try Self.lines().filter { $0.hasPrefix("### ") }.map { $0.dropFirst(4) }
        let codes = titles.compactMap { title in
            FindingCode.allCases.first { title == "\($0.rawValue) \($0.name)" }
        }
        #expect(codes.count == titles.count, "\(titles)")
        #expect(Set(codes) == Set(FindingCode.allCases))
        #expect(Set(codes).count == codes.count)
        for letter in ["C", "E", "A", "H", "U"] {
            let group = codes.filter { $0.rawValue.hasPrefix(letter) }
            #expect(group == group.sorted())
        }
    }

    @Test func `every section says what to do`() throws {
        let text = try Self.lines().joined(separator: "\n")
        for section in text.components(separatedBy: "\n### ").dropFirst() {
            let title = section.prefix { $0 != "\n" }
            #expect(
                section.contains("**Do:**") || section.contains("**Do, in this order**"), "\(title)"
            )
        }
    }

    @Test func `the overview has a row for every code, which leads to its section`() throws {
        let rows = try Self.lines().filter { $0.hasPrefix("| [") }
        for code in FindingCode.allCases {
            let link =
                "| [\(code.rawValue)](#\(code.rawValue.lowercased())-\(code.name)) | \(code.name) |"
            #expect(rows.count { $0.hasPrefix(link) } == 1, "\(code)")
        }
        #expect(rows.count == FindingCode.allCases.count)
    }

    @Test func `no line of an example is wider than the table`() throws {
        var isExample = false
        for line in try Self.lines() {
            if line.hasPrefix("```") {
                isExample.toggle()
            } else if isExample {
                #expect(line.count <= 100 || line.contains("'"), "\(line)")
            }
        }
    }
}
