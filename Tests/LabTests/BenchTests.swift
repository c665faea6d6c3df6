import Foundation
import Testing

/// What `scripts/bench` says of programs has to be right before their times mean anything.
@Suite struct BenchTests {
    @Test func `the bench reads what programs say and finds what is wrong in it`() throws {
        let tests = Lab.root.appending(path: "Benchmarks").path
        let outcome = try Command(["python3", "-m", "unittest", "discover", "-s", tests]).run()
        outcome.expectSuccess()
        #expect(outcome.errors.contains("Ran 10 tests"), "\(outcome.errors)")
    }
}
