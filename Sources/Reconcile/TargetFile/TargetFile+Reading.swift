public import Prober
import SystemPackage

extension TargetFile {
    /// The most bytes a target file may have: far more than anyone writes by hand.
    private static let greatestByteCount = 16 * 1024 * 1024

    /// The target file at `path`.
    ///
    /// - Throws: ``InputError`` when it cannot be read, is no UTF-8 text, or has a mistake.
    public init(reading path: String, services: ServiceTable) throws(InputError) {
        let bytes: [UInt8]
        do {
            bytes = try FileContents.bytes(of: path, atMost: Self.greatestByteCount)
        } catch {
            throw InputError(
                path, problem: "the target file cannot be read: \(error)",
                remedy: "Check the path and its permissions.")
        }
        try self.init(parsing: bytes, source: path, services: services)
    }

    /// The target file in `bytes`.
    ///
    /// - Throws: ``InputError`` when they are no UTF-8 text or the text has a mistake.
    public init(
        parsing bytes: [UInt8], source: String, services: ServiceTable
    ) throws(InputError) {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            let valid = Self.validPrefix(of: bytes)
            let lines = valid.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            throw InputError(
                source, line: lines.count, column: (lines.last?.count ?? 0) + 1,
                problem: "the file is not UTF-8 text from here on",
                remedy: "Save it as UTF-8.")
        }
        try self.init(parsing: text, source: source, services: services)
    }

    /// The text up to the first byte that is not UTF-8.
    private static func validPrefix(of bytes: [UInt8]) -> String {
        do {
            _ = try UTF8Span(validating: bytes.span)
            return String(decoding: bytes, as: UTF8.self)
        } catch {
            return String(decoding: bytes[..<error.byteOffsets.lowerBound], as: UTF8.self)
        }
    }
}
