import FoundationEssentials
import Prober
import Testing

@testable import ProberCommand

/// Each test in a folder of its own, removed afterwards.
@Suite final class OutputFileTests {
    private let folder = FileManager.default.temporaryDirectory
        .appending(path: "prober-output-\(UUID().uuidString)").path

    init() throws {
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private var names: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    }

    private func text(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(filePath: "\(folder)/\(name)")), as: UTF8.self)
    }

    private func put(_ text: String, _ name: String) throws {
        try Data(text.utf8).write(to: URL(filePath: "\(folder)/\(name)"))
    }

    @Test func `a file appears when it is committed, with all that was written`() throws {
        let file = try OutputFile("\(folder)/a.json")
        try file.write(Array("one ".utf8))
        #expect(names == ["a.json.0.partial"])
        try file.write(Array("two".utf8))
        try file.commit()
        #expect(names == ["a.json"])
        #expect(try text("a.json") == "one two")
    }

    @Test func `what is not committed leaves the old file and nothing else`() throws {
        try put("old", "a.json")
        do {
            let file = try OutputFile("\(folder)/a.json")
            try file.write(Array("new".utf8))
        }
        #expect(names == ["a.json"])
        #expect(try text("a.json") == "old")
    }

    @Test func `a file that is replaced keeps its rights`() throws {
        try put("old", "a.json")
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o600], ofItemAtPath: "\(folder)/a.json")
        let file = try OutputFile("\(folder)/a.json")
        try file.write(Array("new".utf8))
        try file.commit()
        let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder)/a.json")
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        #expect(try text("a.json") == "new")
    }

    @Test func `a symbolic link stays, and what it leads to is replaced`() throws {
        try put("old", "real.json")
        try FileManager.default.createSymbolicLink(
            atPath: "\(folder)/link.json", withDestinationPath: "real.json")
        let file = try OutputFile("\(folder)/link.json")
        try file.write(Array("new".utf8))
        try file.commit()
        #expect(names == ["link.json", "real.json"])
        #expect(try text("real.json") == "new")
    }

    @Test func `a temporary that a crash left is not touched`() throws {
        try put("crashed", "a.json.0.partial")
        try OutputFile("\(folder)/a.json").commit()
        #expect(names == ["a.json", "a.json.0.partial"])
        #expect(try text("a.json.0.partial") == "crashed")
    }

    @Test func `a device is written to, never replaced`() throws {
        let file = try OutputFile("/dev/null")
        try file.write(Array("x".utf8))
        try file.commit()
        let type = try FileManager.default.attributesOfItem(atPath: "/dev/null")[.type]
        #expect(type as? FileAttributeType == .typeCharacterSpecial)
    }

    @Test(arguments: ["none/a.json", ".", ""])
    func `a name that cannot be written to is an error of the flag`(name: String) {
        let error = #expect(throws: InputError.self) {
            _ = try OutputFile(name.isEmpty ? "" : "\(self.folder)/\(name)").path
        }
        #expect(error?.source == "--output")
        #expect(names.isEmpty)
    }
}
