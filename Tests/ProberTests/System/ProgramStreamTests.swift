import Glibc
import SystemPackage
import Testing

@testable import Prober

/// Programs whose output is read while they run.
@Suite struct ProgramStreamTests {
    private func read(_ output: consuming OwnedDescriptor?) throws -> String? {
        guard let output else { return nil }
        return try FileDescriptor(rawValue: output.rawValue).readToEnd()
    }

    @Test func `input stays open until the time is over`() throws {
        let never = try EventDescriptor()
        var stream = try ProgramStream(
            "/bin/sh", ["-s"], input: Array("echo begun; cat; echo over >&2\n".utf8),
            environment: .bare, until: never.rawDescriptor, milliseconds: 200, grace: 5000)
        let output = try read(stream.takeOutput())
        #expect(output == "begun\n")
        let (status, errors) = stream.finish()
        #expect(status == 0)
        #expect(errors == Array("over\n".utf8))
    }

    @Test func `a descriptor that becomes readable ends the input`() throws {
        let stop = try EventDescriptor()
        stop.raise()
        var stream = try ProgramStream(
            "/bin/sh", ["-s"], input: Array("cat; echo over\n".utf8), environment: .bare,
            until: stop.rawDescriptor, milliseconds: 60_000, grace: 5000)
        let output = try read(stream.takeOutput())
        #expect(output == "over\n")
        #expect(stream.finish().status == 0)
    }

    @Test func `a program that heeds nothing is killed, with its children`() throws {
        let never = try EventDescriptor()
        let clock = ContinuousClock()
        let time = try clock.measure {
            let stream = try ProgramStream(
                "/bin/sh", ["-c", "sleep 78 & sleep 78"], input: [], environment: .bare,
                until: never.rawDescriptor, milliseconds: 60_000, grace: 200)
            #expect(stream.finish().status == 128 + SIGKILL)
        }
        #expect(time < .seconds(10))
    }
}

extension FileDescriptor {
    fileprivate func readToEnd() throws -> String {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = try unsafe chunk.withUnsafeMutableBytes { try unsafe read(into: $0) }
            guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
            bytes += chunk[..<count]
        }
    }
}
