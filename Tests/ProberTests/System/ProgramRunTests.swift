import Glibc
import Prober
import SystemPackage
import Testing

/// Programs of the system, run with their input and their limits.
@Suite struct ProgramRunTests {
    private func shell(
        _ script: String, input: [UInt8] = [], environment: ProgramRun.Environment = .bare,
        milliseconds: Int = 20_000, limit: Int = 1 << 20
    ) throws -> ProgramRun {
        try ProgramRun.of(
            "/bin/sh", ["-c", script], input: input, environment: environment,
            milliseconds: milliseconds, limit: limit)
    }

    @Test func `output, errors and status come back apart`() throws {
        let run = try shell("echo out; echo err >&2; exit 3")
        #expect(run.output == Array("out\n".utf8))
        #expect(run.errors == Array("err\n".utf8))
        #expect(run.status == 3)
    }

    @Test("input arrives whole", arguments: [0, 1, 300_000])
    func input(count: Int) throws {
        let run = try shell("cat", input: [UInt8](repeating: 0x61, count: count))
        #expect(run.output.count == count)
    }

    @Test func `a program that nobody reads from is ended in time, with its children`() throws {
        let clock = ContinuousClock()
        let time = clock.measure {
            #expect(throws: Errno.timedOut) {
                try shell("sleep 77 & sleep 77", milliseconds: 200)
            }
        }
        #expect(time < .seconds(10))
    }

    @Test func `a program that closes its output and goes on is ended in time`() {
        #expect(throws: Errno.timedOut) {
            try shell("exec >/dev/null 2>&1; sleep 77", milliseconds: 200)
        }
    }

    @Test func `a descriptor that becomes readable ends the program`() throws {
        let stop = try EventDescriptor()
        stop.raise()
        #expect(throws: Errno.interrupted) {
            try ProgramRun.of("/bin/sh", ["-c", "sleep 77"], until: stop.rawDescriptor)
        }
    }

    @Test func `a program that writes without end is ended`() {
        #expect(throws: Errno.fileTooLarge) {
            try shell("while :; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx; done")
        }
    }

    @Test func `it has a session of its own and English words`() throws {
        let run = try shell(
            "echo $LC_ALL $ADDED; ps -o sid= -p $$", environment: .own(adding: ["ADDED=x"]))
        let words = String(decoding: run.output, as: UTF8.self).split(
            whereSeparator: \.isWhitespace)
        #expect(words.prefix(2) == ["C", "x"])
        #expect(words.last.flatMap { Int32($0) } != getsid(0))
    }

    @Test func `a signal shows in the status`() throws {
        #expect(try shell("kill -TERM $$").status == 128 + SIGTERM)
    }
}
