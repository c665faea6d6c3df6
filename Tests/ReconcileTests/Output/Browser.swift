import FoundationEssentials
import Prober
import Testing

@testable import Reconcile

/// Headless Chromium, where it is installed, for reports in HTML.
enum Browser {
    /// Its program and that of Python, which speaks to it.
    static let programs: (chromium: String, python: String)? = {
        let names = ["chromium", "chromium-browser", "google-chrome"]
        guard let chromium = names.lazy.compactMap({ ProgramRun.path(of: $0) }).first,
            let python = ProgramRun.path(of: "python3")
        else { return nil }
        return (chromium, python)
    }()

    /// How a page is opened.
    struct Setting: Encodable {
        var width = 1280
        var height = 900
        var dark = false
        var media = ""
        var noscript = false
    }

    /// What came of a page.
    struct Outcome: Decodable {
        /// What the expressions came to, as JSON text.
        var values: [String]
        /// What the page wrote to its console.
        var console: [String]
        var exceptions: [String]
        /// What it asked for, itself among it.
        var requests: [String]
        /// How long it took to open.
        var loaded_s: Double
    }

    private struct Request: Encodable {
        var steps: [Step]
        var width, height: Int
        var dark, noscript: Bool
        var media: String
    }

    /// Something to do in a page: an expression to evaluate, or a key to press (`key:Enter`).
    private struct Step: Encodable {
        let text: String

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            if text.hasPrefix("key:") {
                try container.encode(["key": String(text.dropFirst(4))])
            } else {
                try container.encode("(async () => JSON.stringify((await (\(text))) ?? null))()")
            }
        }
    }

    /// Opens `page` and carries out `steps`; fails unless the page was quiet and asked for nothing.
    static func open(
        _ page: [UInt8], _ setting: Setting = Setting(), at fragment: String = "", steps: [String],
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Outcome {
        let programs = try #require(programs)
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "prober-html-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "report.html")
        try Data(page).write(to: path)
        let script = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Fixtures/browser.py").standardizedFileURL.path()
        let request = Request(
            steps: steps.map { Step(text: $0) }, width: setting.width, height: setting.height,
            dark: setting.dark,
            noscript: setting.noscript, media: setting.media)
        let run = try ProgramRun.of(
            programs.python, [script, programs.chromium, "file://\(path.path())\(fragment)"],
            input: Array(try JSONEncoder().encode(request)),
            environment: .own(adding: []), milliseconds: 90_000)
        try #require(
            run.status == 0, "\(String(decoding: run.errors, as: UTF8.self))",
            sourceLocation: sourceLocation)
        let outcome = try JSONDecoder().decode(Outcome.self, from: Data(run.output))
        #expect(outcome.console == [], sourceLocation: sourceLocation)
        #expect(outcome.exceptions == [], sourceLocation: sourceLocation)
        #expect(outcome.requests.count == 1, sourceLocation: sourceLocation)
        return outcome
    }
}
