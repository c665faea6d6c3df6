import Foundation
import Synchronization
import Testing

/// A program that a test runs.
struct Command {
    var arguments: [String]
    /// What it reads from standard input.
    var input = ""

    init(_ arguments: [String]) { self.arguments = arguments }

    /// How it ended.
    struct Outcome {
        var status: Int32
        var output: String
        var errors: String

        /// Fails the test unless the program succeeded.
        func expectSuccess(sourceLocation: SourceLocation = #_sourceLocation) {
            #expect(status == 0, "\(errors)", sourceLocation: sourceLocation)
        }
    }

    /// Runs the program to its end.
    func run() throws -> Outcome {
        let running = try start()
        return running.finish()
    }

    /// Starts the program.
    func start() throws -> Running {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = arguments
        let (input, output, errors) = (Pipe(), Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        try input.fileHandleForWriting.write(contentsOf: Data(self.input.utf8))
        try input.fileHandleForWriting.close()
        return Running(
            process: process, output: output.fileHandleForReading,
            errors: errors.fileHandleForReading)
    }

    /// A program under way.
    struct Running {
        let process: Process
        let output: FileHandle
        let errors: FileHandle

        /// Waits for the first line of its output.
        func firstLine() -> String {
            var line = Data()
            while let byte = try? output.read(upToCount: 1), !byte.isEmpty, byte != Data("\n".utf8)
            {
                line += byte
            }
            return String(decoding: line, as: UTF8.self)
        }

        /// Sends `signal` to the program, and to it alone.
        func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

        /// Waits for its end, at most ten seconds, without taking what it writes.
        func endsWithoutReading() -> Bool {
            let isOver = eventually { !process.isRunning }
            if !isOver { process.terminate() }
            return isOver
        }

        /// Waits for its end.
        func finish() -> Outcome {
            // Both at once: a program blocks when it writes more than a pipe holds.
            let collected = Mutex(Data())
            let isCollected = DispatchSemaphore(value: 0)
            let reader = Thread {
                let data = (try? self.errors.readToEnd()) ?? Data()
                collected.withLock { $0 = data }
                isCollected.signal()
            }
            reader.start()
            let output = (try? self.output.readToEnd()) ?? Data()
            process.waitUntilExit()
            isCollected.wait()
            let errors = collected.withLock { $0 }
            return Outcome(
                status: process.terminationStatus,
                output: String(decoding: output, as: UTF8.self),
                errors: String(decoding: errors, as: UTF8.self))
        }
    }
}

/// Waits until `condition` holds, for at most `seconds`; false when it never did.
func eventually(within seconds: Double = 10, _ condition: () throws -> Bool) rethrows -> Bool {
    let deadline = Date(timeIntervalSinceNow: seconds)
    while Date() < deadline {
        if try condition() { return true }
        Thread.sleep(forTimeInterval: 0.02)
    }
    return try condition()
}
