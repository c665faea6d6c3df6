import Prober
import Reconcile

/// Writes what a scan finds, in one format, while it runs.
///
/// The bytes wait until they are taken.
protocol ScanWriter: ~Copyable {
    /// Adds what was observed before `elapsed` since the scan began.
    mutating func add(_ batch: [Observation], elapsed: Duration) throws

    /// Adds what closes the output, however the scan ended; `write` takes bytes meanwhile.
    mutating func end(
        _ tally: ScanTally, elapsed: Duration, write: ([UInt8]) throws -> Void
    ) throws

    /// Takes the bytes that were not written yet.
    mutating func takeBytes() -> [UInt8]
}
